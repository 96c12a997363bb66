// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.watch;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What one look at Kafka says about one incarnation. */
public sealed interface Seen {

    /** Why nothing is known about a partition that Kafka may have; empty if it told, or does not have the topic. */
    Optional<String> notTold(int partition);

    /**
     * Kafka has it.
     *
     * @param logStartOffsets by partition
     * @param silent partitions that it has, but did not tell the offset of, each with the reason
     */
    record There(Map<Integer, Long> logStartOffsets, Map<Integer, String> silent) implements Seen {

        public There {
            logStartOffsets = new TreeMap<>(logStartOffsets);
            silent = new TreeMap<>(silent);
        }

        /** It told the offsets of all partitions. */
        public There(Map<Integer, Long> logStartOffsets) {
            this(logStartOffsets, Map.of());
        }

        @Override
        public Optional<String> notTold(int partition) {
            return logStartOffsets.containsKey(partition)
                    ? Optional.empty()
                    : Optional.of(silent.getOrDefault(partition, "it did not show the partition"));
        }
    }

    /** Kafka says that there is no such topic, or that the name has another topic ID. */
    record Gone() implements Seen {

        @Override
        public Optional<String> notTold(int partition) {
            return Optional.empty();
        }
    }

    /** Kafka did not tell, which proves nothing: nothing is deleted because of it. */
    record NotTold(String why) implements Seen {

        @Override
        public Optional<String> notTold(int partition) {
            return Optional.of(why);
        }
    }
}
