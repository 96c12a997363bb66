// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import org.apache.kafka.common.record.TimestampType;

/** How segments store who set a record's timestamp. */
final class TimestampTypes {

    private TimestampTypes() {}

    static TimestampType of(int stored) {
        return switch (stored) {
            case -1 -> TimestampType.NO_TIMESTAMP_TYPE;
            case 0 -> TimestampType.CREATE_TIME;
            case 1 -> TimestampType.LOG_APPEND_TIME;
            default -> throw new IllegalArgumentException("timestamp_type must be -1, 0 or 1, but is " + stored);
        };
    }
}
