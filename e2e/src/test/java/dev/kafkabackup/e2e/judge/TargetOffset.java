// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.util.Comparator;

/**
 * A place in the target topic.
 *
 * @param partition number of the partition
 * @param offset in that partition
 */
record TargetOffset(int partition, long offset) {

    static final Comparator<TargetOffset> ORDER =
            Comparator.comparingInt(TargetOffset::partition).thenComparingLong(TargetOffset::offset);

    @Override
    public String toString() {
        return "target partition " + partition + " offset " + offset;
    }
}
