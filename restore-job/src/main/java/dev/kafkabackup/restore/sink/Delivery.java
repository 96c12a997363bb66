// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

/** What the target holds after failures on the way. */
public enum Delivery {
    /** Each record once: Kafka transactions, whose markers take offsets of their own in the target. */
    EXACTLY_ONCE,
    /**
     * Each record, but after a failure some of them more than once: for clusters where transactions are not allowed, or
     * where target offsets have to equal the source's. An idempotent producer, so that order and uniqueness hold as
     * long as no task fails.
     */
    AT_LEAST_ONCE
}
