// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import org.jspecify.annotations.Nullable;

/**
 * The records of one partition over all its segments, each offset once.
 *
 * <p>Of several records at one offset the one with the highest leader epoch counts, and from the first record of an
 * epoch on, no record of a lower one does: what the new leader has not, Kafka has lost. An unknown epoch overrules
 * nothing and is overruled at its own offset only. Two records with the same offset and epoch must be the same.
 */
final class UnionOfSegments {

    private final PartitionComparison comparison;
    private @Nullable StoredRecord candidate;
    private int highestLeaderEpoch = -1;

    UnionOfSegments(PartitionComparison comparison) {
        this.comparison = comparison;
    }

    /** Takes the records by offset, leader epoch and segment. */
    void add(StoredRecord record) {
        StoredRecord before = candidate;
        if (before != null && before.offset() == record.offset()) {
            if (before.leaderEpoch() == record.leaderEpoch()) {
                RecordComparison.difference(before.record(), record.record())
                        .ifPresent(difference -> comparison.contradiction(before, record, difference));
            }
        } else {
            passOn();
        }
        candidate = record;
    }

    /** To be called after the last record. */
    void end() {
        passOn();
        comparison.end();
    }

    private void passOn() {
        StoredRecord record = candidate;
        if (record == null) {
            return;
        }
        if (record.leaderEpoch() == -1 || record.leaderEpoch() >= highestLeaderEpoch) {
            comparison.found(record.record());
        }
        highestLeaderEpoch = Math.max(highestLeaderEpoch, record.leaderEpoch());
    }
}
