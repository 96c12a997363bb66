// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.offset.OffsetRange;
import java.util.Optional;
import org.apache.parquet.filter2.compat.FilterCompat;
import org.apache.parquet.filter2.predicate.FilterApi;
import org.apache.parquet.filter2.predicate.FilterPredicate;
import org.apache.parquet.filter2.predicate.Operators.LongColumn;

/**
 * Which records are wanted, by the columns of which Parquet keeps the smallest and the largest value of each page:
 * pages that hold none of them are not decoded.
 *
 * @param offsets of wanted records
 * @param fromTimestamp smallest wanted timestamp in epoch ms, inclusive; {@link Long#MIN_VALUE} for no bound, also for
 *     records without a timestamp
 * @param toTimestamp largest wanted timestamp in epoch ms, exclusive; {@link Long#MAX_VALUE} for no bound
 */
public record RecordBounds(OffsetRange offsets, long fromTimestamp, long toTimestamp) {

    /** Every record. */
    public static final RecordBounds ALL =
            new RecordBounds(new OffsetRange(0, Long.MAX_VALUE), Long.MIN_VALUE, Long.MAX_VALUE);

    private static final LongColumn OFFSET = FilterApi.longColumn("offset");
    private static final LongColumn TIMESTAMP = FilterApi.longColumn("timestamp");

    /** Whether a segment of this name may hold a wanted record. */
    public boolean mayBeIn(SegmentName name) {
        return name.range().intersection(offsets).isPresent()
                && (!boundsTime() || name.mayHoldTimestamps(fromTimestamp, toTimestamp));
    }

    /** Whether the record is wanted. */
    boolean contains(SegmentRecord record) {
        return offsets.contains(record.offset())
                && (!boundsTime() || (record.timestamp() >= fromTimestamp && record.timestamp() < toTimestamp));
    }

    private boolean boundsTime() {
        return fromTimestamp != Long.MIN_VALUE || toTimestamp != Long.MAX_VALUE;
    }

    /** Leaves out pages, as far as their smallest and largest values tell; empty if all of the segment is wanted. */
    Optional<FilterCompat.Filter> filterOf(SegmentName name) {
        FilterPredicate wanted = null;
        if (!name.range().intersection(offsets).equals(Optional.of(name.range()))) {
            wanted = FilterApi.and(
                    FilterApi.gtEq(OFFSET, offsets.startOffset()), FilterApi.lt(OFFSET, offsets.endOffset()));
        }
        if (boundsTime()) {
            FilterPredicate inTime =
                    FilterApi.and(FilterApi.gtEq(TIMESTAMP, fromTimestamp), FilterApi.lt(TIMESTAMP, toTimestamp));
            wanted = wanted == null ? inTime : FilterApi.and(wanted, inTime);
        }
        return Optional.ofNullable(wanted).map(FilterCompat::get);
    }
}
