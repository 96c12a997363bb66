// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import org.apache.kafka.common.record.TimestampType;

/** The numbers that stand for Kafka's timestamp types, which Kafka itself looks up by name only. */
final class TimestampTypes {

    private TimestampTypes() {}

    /** @throws IllegalArgumentException if no type has this number */
    static TimestampType of(int id) {
        for (TimestampType type : TimestampType.values()) {
            if (type.id == id) {
                return type;
            }
        }
        throw new IllegalArgumentException("timestamp type " + id + " is unknown");
    }
}
