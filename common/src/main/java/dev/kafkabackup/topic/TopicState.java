// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.topic;

/** Whether an incarnation was there when it was last looked at. */
public enum TopicState {
    /** Kafka has it. */
    LIVE,
    /** Kafka was proven not to have it any more. */
    DELETED
}
