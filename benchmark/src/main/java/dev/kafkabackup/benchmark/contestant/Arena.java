// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.SourceTopic;
import java.nio.file.Path;

/**
 * What all contestants share.
 *
 * @param bootstrapServers of the broker
 * @param profile of the records
 * @param source the topic that is read, and what it holds
 * @param folder for what contestants write; each has a folder of its own in it
 * @param repository where the {@code kafka-backup} command is, built
 * @param parallelism threads, subtasks, producers, consumers
 * @param heap of each process, as for {@code -Xmx}
 * @param compressionLevel of zstd
 * @param checkpointSeconds between two checkpoints of a Flink job
 */
public record Arena(
        String bootstrapServers,
        Profile profile,
        SourceTopic source,
        Path folder,
        Path repository,
        int parallelism,
        String heap,
        int compressionLevel,
        int checkpointSeconds) {}
