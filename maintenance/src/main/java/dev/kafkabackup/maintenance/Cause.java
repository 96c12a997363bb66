// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

/** Why objects are removed. */
public enum Cause {
    /** Kafka removed the records, at least the grace ago. */
    RETENTION,
    /** The topic was deleted, at least the grace ago. */
    TOPIC_DELETED,
    /** A merged segment holds the same records. */
    REPLACED,
    /** It is no segment, since its size differs from its name, and others cover its range. */
    DAMAGED
}
