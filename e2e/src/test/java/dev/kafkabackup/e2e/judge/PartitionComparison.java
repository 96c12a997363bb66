// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.function.Consumer;

/**
 * Walks through the records found in one partition and those produced to it, both by offset, and tells what differs.
 */
final class PartitionComparison {

    private final NavigableMap<Long, ProducedRecord> produced;
    private final List<ProducedRecord> inDoubt;
    private final long mustBeThereBefore;
    private final Consumer<String> differences;
    private long next;

    /**
     * @param inDoubt records that may be found at any offset, each once
     * @param mustBeThereBefore the offset from which on produced records may be missing
     */
    PartitionComparison(
            NavigableMap<Long, ProducedRecord> produced,
            Collection<ProducedRecord> inDoubt,
            long mustBeThereBefore,
            Consumer<String> differences) {
        this.produced = produced;
        this.inDoubt = new ArrayList<>(inDoubt);
        this.mustBeThereBefore = mustBeThereBefore;
        this.differences = differences;
    }

    /** Takes the next record, of a higher offset than the last. */
    void found(ProducedRecord found) {
        reportMissing(found.offset());
        next = found.offset() + 1;
        ProducedRecord expected = produced.get(found.offset());
        if (expected != null) {
            RecordComparison.difference(expected, found)
                    .ifPresent(difference -> differences.accept("offset " + found.offset() + ": " + difference));
        } else if (!inDoubt.remove(found.at(ProducedRecord.UNKNOWN_OFFSET))) {
            differences.accept("offset " + found.offset() + ": is in the backup, but was not produced there");
        }
    }

    /** Takes two records that cannot both be what Kafka holds. */
    void contradiction(StoredRecord one, StoredRecord other, String difference) {
        differences.accept("offset %d: %s and %s disagree: %s"
                .formatted(one.offset(), one.segment(), other.segment(), difference));
    }

    /** To be called after the last record. */
    void end() {
        reportMissing(mustBeThereBefore);
    }

    private void reportMissing(long before) {
        if (next < before) {
            produced.subMap(next, before)
                    .keySet()
                    .forEach(offset -> differences.accept("offset " + offset + ": was produced, but is missing"));
        }
    }
}
