// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

/** What keeps objects from being removed that otherwise might be. */
public enum Obstacle {
    /** Their time has not come. */
    GRACE,
    /** An operator, or a running restore, holds the topic. */
    HOLD,
    /** Clocks disagree, or have jumped. */
    CLOCK,
    /** Kafka did not tell about the topic: no answer, no rights, another cluster. */
    NOT_TOLD,
    /** Many topics vanished at once, which an operator has to confirm. */
    MANY_TOPICS_GONE
}
