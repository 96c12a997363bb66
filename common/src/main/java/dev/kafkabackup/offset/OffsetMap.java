// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Where a restore put each record: exact, one entry for each produced record. Runs may overlap where they say the same,
 * as they do when a step of the restore was repeated; they count once. Immutable; safe to use from any thread.
 */
public final class OffsetMap {

    private final Map<Key, NavigableMap<Long, OffsetMapRun>> runs = new HashMap<>();
    private final Map<TopicPartition, List<OffsetMapRun>> runsByTarget = new HashMap<>();

    private record Key(Uuid topicId, int partition) {}

    private OffsetMap(Collection<OffsetMapRun> runs) {
        runs.stream()
                .sorted(Comparator.comparingLong(OffsetMapRun::sourceOffset))
                .forEach(run -> add(this.runs.computeIfAbsent(key(run.source()), any -> new TreeMap<>()), run));
        for (NavigableMap<Long, OffsetMapRun> partition : this.runs.values()) {
            for (OffsetMapRun run : partition.values()) {
                runsByTarget
                        .computeIfAbsent(run.target(), any -> new ArrayList<>())
                        .add(run);
            }
        }
    }

    private static void add(NavigableMap<Long, OffsetMapRun> partition, OffsetMapRun run) {
        Map.Entry<Long, OffsetMapRun> last = partition.lastEntry();
        if (last != null && last.getValue().isContinuedBy(run)) {
            partition.put(last.getKey(), last.getValue().upTo(run.sourceEndOffset()));
        } else if (last == null || last.getValue().sourceEndOffset() <= run.sourceOffset()) {
            partition.put(run.sourceOffset(), run);
        } else {
            throw new IllegalArgumentException(
                    "runs of an offset map contradict each other: %s and %s".formatted(last.getValue(), run));
        }
    }

    /**
     * The map that consists of these runs, in any order.
     *
     * @throws IllegalArgumentException if two runs say different things about the same record
     */
    public static OffsetMap of(Collection<OffsetMapRun> runs) {
        return new OffsetMap(runs);
    }

    private static Key key(TopicIdPartition partition) {
        return new Key(partition.topicId(), partition.partition());
    }

    /** Where the record at exactly this source offset went; empty if it was not restored. */
    public OptionalLong target(TopicIdPartition source, long sourceOffset) {
        Map.Entry<Long, OffsetMapRun> run = of(source).floorEntry(sourceOffset);
        return run != null && sourceOffset < run.getValue().sourceEndOffset()
                ? OptionalLong.of(run.getValue().targetOffset() + sourceOffset - run.getKey())
                : OptionalLong.empty();
    }

    /**
     * Where a consumer goes on whose position was {@code sourceOffset}, the offset of the next record that it wants: at
     * that record, else at the next restored one, else behind the last restored one.
     *
     * @return empty if no record of this partition was restored
     */
    public Optional<Translation> translatePosition(TopicIdPartition source, long sourceOffset) {
        NavigableMap<Long, OffsetMapRun> partition = of(source);
        if (partition.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Long, OffsetMapRun> run = partition.floorEntry(sourceOffset);
        if (run != null && sourceOffset < run.getValue().sourceEndOffset()) {
            return Optional.of(new Translation(
                    run.getValue().target(), run.getValue().targetOffset() + sourceOffset - run.getKey()));
        }
        Map.Entry<Long, OffsetMapRun> next = partition.higherEntry(sourceOffset);
        OffsetMapRun decisive = next == null ? partition.lastEntry().getValue() : next.getValue();
        return Optional.of(new Translation(
                decisive.target(), next == null ? decisive.targetEndOffset() : decisive.targetOffset()));
    }

    /** Number of restored records of a target partition, whatever their source, in {@code [startOffset, endOffset)}. */
    public long recordsIn(TopicPartition target, long startOffset, long endOffset) {
        long records = 0;
        for (OffsetMapRun run : runsByTarget.getOrDefault(target, List.of())) {
            records +=
                    Math.max(0, Math.min(endOffset, run.targetEndOffset()) - Math.max(startOffset, run.targetOffset()));
        }
        return records;
    }

    /** The runs of a partition by source offset; none if nothing of it was restored. */
    public List<OffsetMapRun> runs(TopicIdPartition source) {
        return List.copyOf(of(source).values());
    }

    /** Number of restored records. */
    public long records() {
        return runs.values().stream()
                .flatMap(partition -> partition.values().stream())
                .mapToLong(OffsetMapRun::length)
                .sum();
    }

    private NavigableMap<Long, OffsetMapRun> of(TopicIdPartition source) {
        return runs.getOrDefault(key(source), new TreeMap<>());
    }

    /**
     * A position in the target.
     *
     * @param partition the target partition
     * @param offset offset of the next record to read there; 0 or more
     */
    public record Translation(TopicPartition partition, long offset) {}
}
