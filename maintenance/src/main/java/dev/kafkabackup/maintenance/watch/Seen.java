// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.watch;

import java.util.Map;
import java.util.TreeMap;

/** What one look at Kafka says about one incarnation. */
public sealed interface Seen {

    /**
     * Kafka has it.
     *
     * @param logStartOffsets by partition; one whose leader did not answer is missing
     */
    record There(Map<Integer, Long> logStartOffsets) implements Seen {

        public There {
            logStartOffsets = new TreeMap<>(logStartOffsets);
        }
    }

    /** Kafka says that there is no such topic, or that the name has another topic ID. */
    record Gone() implements Seen {}

    /** Kafka did not tell, which proves nothing: nothing is deleted because of it. */
    record NotTold(String why) implements Seen {}
}
