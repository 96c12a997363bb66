// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The records that one partition of the target gets, in the order in which they are produced: always the same ones,
 * however segments were merged since the plan was made.
 *
 * <p>Segments are listed when a source is opened. One that is removed after that was replaced: the source is listed
 * again and reading goes on at its offset. Offsets that are planned and not in the listing end the reading before any
 * record behind them.
 *
 * <p>Not thread safe.
 */
public final class SelectedRecords implements Iterator<RestoreRecord>, AutoCloseable {

    /** One listing may be older than the removal; more than this is no coincidence. */
    private static final int LISTINGS_WITHOUT_PROGRESS = 3;

    private final SegmentSplit split;
    private final ReadAhead readAhead;
    private final Runnable closing;
    private final ClassLoader filters;

    private int nextSource;
    private long nextOffset;
    private int listingsWithoutProgress;
    private @Nullable OpenSource open;
    private @Nullable RestoreRecord next;

    /** @param readAhead not closed by this */
    SelectedRecords(SegmentSplit split, ReadAhead readAhead, ClassLoader filters) {
        this(split, readAhead, () -> {}, filters);
    }

    private SelectedRecords(SegmentSplit split, ReadAhead readAhead, Runnable closing, ClassLoader filters) {
        this.split = split;
        this.readAhead = readAhead;
        this.closing = closing;
        this.filters = filters;
        this.nextOffset = split.nextOffset();
    }

    /**
     * The records of a planned partition, from the first one on.
     *
     * @param storage where the backup lies; closed together with this
     * @param plan the restore that the partition belongs to
     * @param filters finds the class of the user's filter, if there is one
     */
    public static SelectedRecords of(
            BackupStorage storage, RestorePlan plan, TopicPlan topic, PartitionPlan partition, ClassLoader filters) {
        ReadAhead readAhead = new ReadAhead(storage, "selected-records");
        return new SelectedRecords(SegmentSplit.of(topic, partition), readAhead, readAhead::close, filters);
    }

    /**
     * @throws CorruptDataException if a segment does not hold what it promises, or planned offsets are gone
     * @throws dev.kafkabackup.error.FailedException if the backup cannot be read
     */
    @Override
    public boolean hasNext() {
        while (next == null && hasMore()) {
            next = read();
        }
        return next != null;
    }

    @Override
    public RestoreRecord next() {
        RestoreRecord record = hasNext() ? next : null;
        if (record == null) {
            throw new NoSuchElementException(split + " has no more records");
        }
        next = null;
        return record;
    }

    /**
     * Whether there is a record to {@link #read}.
     *
     * @throws ReadAhead.WokenUp if the thread is wanted for something else; the same call goes on
     */
    boolean hasMore() {
        while (nextSource < split.sources().size()) {
            try {
                OpenSource source = opened();
                if (source.hasNext()) {
                    return true;
                }
                close(source);
                nextSource++;
                nextOffset = 0;
            } catch (ReadAhead.WokenUp e) {
                // the merge of the segments lost its place; it begins again at the next offset
                if (open != null) {
                    open.rewind();
                }
                throw e;
            } catch (Gone e) {
                listAgain(e);
            }
        }
        return false;
    }

    /** Takes the next record; null if it is not wanted. To be called after {@link #hasMore}. */
    @Nullable
    RestoreRecord read() {
        OpenSource source = opened();
        SegmentRecord record = source.next();
        nextOffset = record.offset() + 1;
        listingsWithoutProgress = 0;
        return source.wants(record)
                ? new RestoreRecord(source.source.partition(), split.target().topic(), record)
                : null;
    }

    private OpenSource opened() {
        OpenSource source = open;
        if (source == null) {
            source = new OpenSource(split.sources().get(nextSource));
            open = source;
        }
        return source;
    }

    private void listAgain(Gone gone) {
        listingsWithoutProgress++;
        if (listingsWithoutProgress > LISTINGS_WITHOUT_PROGRESS) {
            throw new CorruptDataException(
                    gone.path, "the segment of offsets " + gone.name.range() + " is listed, but cannot be found");
        }
        if (open != null) {
            close(open);
        }
    }

    private void close(OpenSource source) {
        source.rewind();
        open = null;
    }

    @Override
    public void close() {
        if (open != null) {
            close(open);
        }
        closing.run();
    }

    /** A source with its segments as they were listed. */
    private final class OpenSource {

        private final SourceOffsets source;
        private final Coverage planned;
        private final RecordPredicate predicate;
        private final List<SegmentSlice> slices;
        private int position;
        private @Nullable PartitionRecords records;

        OpenSource(SourceOffsets source) {
            this.source = source;
            this.planned = Coverage.of(source.offsets());
            this.predicate = RecordPredicate.of(source.partition(), split.selection(), filters);
            this.slices = PlannedSlices.of(
                    readAhead.list(source.partition()), source.offsets(), nextOffset, split.selection());
        }

        boolean hasNext() {
            PartitionRecords reading = records;
            if (reading == null) {
                position = 0;
                reading = new PartitionRecords(source.partition(), slices, this::load, nextOffset);
                records = reading;
            }
            return reading.hasNext();
        }

        SegmentRecord next() {
            if (records == null) {
                throw new NoSuchElementException("Nothing was asked for yet");
            }
            return records.next();
        }

        /** What was not planned is not wanted: holes that were filled, segments that were merged with others. */
        boolean wants(SegmentRecord record) {
            return planned.firstUncovered(record.offset()) > record.offset() && predicate.wants(record);
        }

        private byte[] load(SegmentName name) throws IOException {
            while (!slices.get(position).name().equals(name)) {
                position++;
            }
            String path = path(name);
            try {
                return readAhead.load(path, upcoming());
            } catch (FileNotFoundException e) {
                throw new Gone(path, name, e);
            }
        }

        private @Nullable String upcoming() {
            return position + 1 < slices.size() ? path(slices.get(position + 1).name()) : null;
        }

        private String path(SegmentName name) {
            return BackupLayout.segment(source.partition(), name);
        }

        void rewind() {
            if (records != null) {
                records.close();
                records = null;
            }
        }
    }

    /** A segment was removed after it was listed. */
    private static final class Gone extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final String path;
        private final transient SegmentName name;

        Gone(String path, SegmentName name, FileNotFoundException cause) {
            super(cause);
            this.path = path;
            this.name = name;
        }
    }
}
