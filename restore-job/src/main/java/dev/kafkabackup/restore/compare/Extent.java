// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

/** How much of the planned records the target has to hold, and what it may hold besides. */
public enum Extent {
    /** The first ones of them, however many, and nothing else: the restore has not ended. */
    FIRST_RECORDS,
    /** All of them; behind them anything: after a restore a topic is used. */
    ALL_RECORDS
}
