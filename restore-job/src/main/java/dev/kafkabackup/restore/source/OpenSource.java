// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** A partition of the backup with its segments as they were listed: its planned records from an offset on. */
final class OpenSource implements AutoCloseable {

    /** A listing that ran while segments were replaced may miss the old ones and the new one alike. */
    private static final int LISTINGS = 3;

    private final TopicIdPartition partition;
    private final Coverage planned;
    private final RecordPredicate predicate;
    private final ReadAhead readAhead;
    private final Runnable atLast;
    private final PlannedSlices listed;
    private int position;
    private @Nullable PartitionRecords records;

    /**
     * Lists the partition.
     *
     * @param fromOffset what is below it is not read
     * @param atLast called when its last segment is read, to begin with what comes after it
     * @throws ReadAhead.WokenUp if the thread is wanted for something else
     */
    OpenSource(
            SourceOffsets source,
            RecordSelection selection,
            long fromOffset,
            ReadAhead readAhead,
            Runnable atLast,
            ClassLoader filters) {
        this.partition = source.partition();
        this.planned = Coverage.of(source.offsets());
        this.predicate = RecordPredicate.of(partition, selection, filters);
        this.readAhead = readAhead;
        this.atLast = atLast;
        PlannedSlices found = PlannedSlices.of(readAhead.list(partition), source.offsets(), fromOffset, selection);
        for (int more = 1; more < LISTINGS && !found.missing().isEmpty(); more++) {
            found = PlannedSlices.of(readAhead.list(partition), source.offsets(), fromOffset, selection);
        }
        this.listed = found;
    }

    /** Where the records come from. */
    TopicIdPartition partition() {
        return partition;
    }

    /** Planned offsets that are in no segment any more. */
    List<OffsetRange> missing() {
        return listed.missing();
    }

    /**
     * Whether there is another record, wanted or not.
     *
     * @param fromOffset where reading goes on if it was {@link #close closed} meanwhile
     * @throws Gone if a segment that was listed is not there any more
     */
    boolean hasNext(long fromOffset) {
        PartitionRecords reading = records;
        if (reading == null) {
            position = 0;
            reading = new PartitionRecords(partition, listed.slices(), this::load, fromOffset);
            records = reading;
        }
        return reading.hasNext();
    }

    /** The next record; to be called after {@link #hasNext}. */
    SegmentRecord next() {
        PartitionRecords reading = records;
        if (reading == null) {
            throw new IllegalStateException("Nobody asked whether " + partition + " has another record");
        }
        return reading.next();
    }

    /** What was not planned is not wanted: holes that were filled, segments that were merged with others. */
    boolean wants(SegmentRecord record) {
        return planned.firstUncovered(record.offset()) > record.offset() && predicate.wants(record);
    }

    /** Whether a record that is not wanted would be if no time range was selected. */
    boolean wantsButForTime(SegmentRecord record) {
        return planned.firstUncovered(record.offset()) > record.offset() && predicate.wantsButForTime(record);
    }

    private byte[] load(SegmentName name) throws IOException {
        List<SegmentSlice> slices = listed.slices();
        while (!slices.get(position).name().equals(name)) {
            position++;
        }
        String path = BackupLayout.segment(partition, name);
        String upcoming = position + 1 < slices.size()
                ? BackupLayout.segment(partition, slices.get(position + 1).name())
                : null;
        try {
            byte[] object = readAhead.load(path, upcoming);
            if (upcoming == null) {
                atLast.run();
            }
            return object;
        } catch (FileNotFoundException e) {
            throw new Gone(path, name.range(), e);
        }
    }

    /** Lets go of what was read; it may be asked again. */
    @Override
    public void close() {
        if (records != null) {
            records.close();
            records = null;
        }
    }

    /** A segment was removed after it was listed. */
    static final class Gone extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Gone(String path, OffsetRange offsets, FileNotFoundException cause) {
            super(path + ": the segment of offsets " + offsets + " is listed, but cannot be found", cause);
        }
    }
}
