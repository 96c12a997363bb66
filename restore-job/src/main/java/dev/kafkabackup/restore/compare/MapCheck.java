// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/** Holds an offset map against the records that were found: one entry for each of them, and no other. */
public final class MapCheck implements PairVisitor {

    private final OffsetMap map;
    private final PlannedPartition partition;
    private final Optional<Coverage> mapped;
    private long pairs;

    private MapCheck(OffsetMap map, PlannedPartition partition, Optional<Coverage> mapped) {
        this.map = map;
        this.partition = partition;
        this.mapped = mapped;
    }

    /**
     * A check that looks at every record of the target.
     *
     * @param map of the whole restore
     */
    public static MapCheck ofAll(OffsetMap map, PlannedPartition partition) {
        return new MapCheck(map, partition, Optional.empty());
    }

    /**
     * A check that looks only at records of the target to which the map leads: the others were produced by a restore
     * without transactions that was interrupted, and produced again.
     *
     * @param map of the whole restore
     */
    public static MapCheck ofMapped(OffsetMap map, PlannedPartition partition) {
        return new MapCheck(
                map,
                partition,
                Optional.of(Coverage.of(partition.sources().stream()
                        .flatMap(source -> map.runs(source).stream())
                        .map(run -> new OffsetRange(run.targetOffset(), run.targetEndOffset()))
                        .toList())));
    }

    @Override
    public boolean concerns(long targetOffset) {
        return mapped.isEmpty() || mapped.get().firstCovered(targetOffset) == targetOffset;
    }

    @Override
    public Optional<String> pair(RestoreRecord record, TopicPartition target, long targetOffset) {
        pairs++;
        OptionalLong mapped = map.target(record.source(), record.record().offset());
        if (mapped.isEmpty()) {
            return Optional.of("the offset map has no entry for the record");
        }
        return mapped.getAsLong() == targetOffset
                ? Optional.empty()
                : Optional.of("the offset map leads to target offset " + mapped.getAsLong());
    }

    @Override
    public Optional<String> end() {
        long entries = 0;
        for (TopicIdPartition source : partition.sources()) {
            for (OffsetMapRun run : map.runs(source)) {
                if (!run.target().equals(partition.target())) {
                    return Optional.of("the offset map leads from source offset %d to partition %s"
                            .formatted(run.sourceOffset(), run.target()));
                }
                entries += run.length();
            }
        }
        return entries == pairs
                ? Optional.empty()
                : Optional.of(
                        "the offset map has %d entries, but there are %d restored records".formatted(entries, pairs));
    }
}
