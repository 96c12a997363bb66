// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;

/** What a backup holds, from listings alone: there is no index that could disagree with the objects. */
public final class Catalog {

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this catalogue */
    public Catalog(BackupStorage storage) {
        this.storage = storage;
    }

    /** Names of all topics in the backup, sorted. */
    public List<String> topics() throws IOException {
        return storage.folders(BackupLayout.TOPICS).stream()
                .flatMap(folder -> BackupLayout.topicName(folder).stream())
                .sorted()
                .toList();
    }

    /** All incarnations of one topic name, in no particular order; none if the backup does not know the name. */
    public List<TopicIncarnation> incarnations(String topic) throws IOException {
        return storage.folders(BackupLayout.topic(topic)).stream()
                .flatMap(folder -> BackupLayout.topicId(folder).stream())
                .map(id -> new TopicIncarnation(topic, id))
                .toList();
    }

    /** Numbers of the partitions that have a folder, ascending: a partition without segments may be missing. */
    public List<Integer> partitions(TopicIncarnation incarnation) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (String folder : storage.folders(BackupLayout.incarnation(incarnation))) {
            BackupLayout.partitionNumber(folder).ifPresent(numbers::add);
        }
        numbers.sort(null);
        return numbers;
    }

    /** The segments of one partition. */
    public PartitionSegments segments(TopicIdPartition partition) throws IOException {
        return PartitionSegments.of(partition, storage.list(BackupLayout.partition(partition)));
    }
}
