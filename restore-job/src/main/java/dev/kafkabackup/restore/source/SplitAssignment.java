// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Who reads what: the largest partition first, always to the subtask that has the least to read so far. */
final class SplitAssignment {

    private SplitAssignment() {}

    /** The splits of each subtask, the largest first; subtasks without a split are missing. */
    static Map<Integer, List<SegmentSplit>> byBytes(Collection<SegmentSplit> splits, int parallelism) {
        long[] load = new long[parallelism];
        Map<Integer, List<SegmentSplit>> assignment = new HashMap<>();
        splits.stream()
                .sorted(Comparator.comparingLong(SegmentSplit::bytes).reversed().thenComparing(SegmentSplit::splitId))
                .forEach(split -> {
                    int subtask = leastLoaded(load);
                    load[subtask] += split.bytes();
                    assignment
                            .computeIfAbsent(subtask, any -> new ArrayList<>())
                            .add(split);
                });
        return assignment;
    }

    private static int leastLoaded(long[] load) {
        int least = 0;
        for (int subtask = 1; subtask < load.length; subtask++) {
            if (load[subtask] < load[least]) {
                least = subtask;
            }
        }
        return least;
    }
}
