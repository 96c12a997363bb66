// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/** Holds an offset map against the records that were found: one entry for each of them, and no other. */
public final class MapCheck implements PairVisitor {

    private final OffsetMap map;
    private final PlannedPartition partition;
    private long pairs;

    /** @param map of the whole restore */
    public MapCheck(OffsetMap map, PlannedPartition partition) {
        this.map = map;
        this.partition = partition;
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
