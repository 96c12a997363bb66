// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.util.List;

/**
 * The topic that everybody reads.
 *
 * @param name of the topic
 * @param partitions fingerprint of each partition, by its number; offsets begin at 0 and have no holes
 */
public record SourceTopic(String name, List<Fingerprint.Of> partitions) {

    /** Copies the list. */
    public SourceTopic {
        partitions = List.copyOf(partitions);
    }

    /** Of all partitions together. */
    public Fingerprint.Of total() {
        return partitions.stream().reduce(Fingerprint.Of.NOTHING, Fingerprint.Of::plus);
    }
}
