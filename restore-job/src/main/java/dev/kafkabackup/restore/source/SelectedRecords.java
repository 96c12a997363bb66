// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.segment.CorruptSegmentException;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records that one partition of the target gets, in the order in which they are produced: always the same ones,
 * however segments were merged since the plan was made.
 *
 * <p>Segments are listed when a source is opened. One that is removed after that was replaced: the source is listed
 * again and reading goes on at its offset. Planned offsets that are in no segment any more, and segments that are
 * damaged, end the reading before any record behind them, unless they are skipped.
 *
 * <p>Not thread safe.
 */
public final class SelectedRecords implements Iterator<RestoreRecord>, AutoCloseable {

    /** One listing may be older than the removal; more than this is no coincidence. */
    private static final int LISTINGS_WITHOUT_PROGRESS = 3;

    private final SegmentSplit split;
    private final Supplier<Optional<SegmentSplit>> following;
    private final ReadAhead readAhead;
    private final Runnable closing;
    private final ReadingObserver observer;
    private final ClassLoader filters;

    private int nextSource;
    private long nextOffset;
    private int listingsWithoutProgress;
    private @Nullable OpenSource open;
    private @Nullable RestoreRecord next;

    /**
     * @param following what is most likely read after this split; asked for when its last segment is read
     * @param readAhead not closed by this
     * @param observer is told what is skipped, and what has no timestamp
     * @param filters finds the class of the user's filter, if there is one
     */
    SelectedRecords(
            SegmentSplit split,
            Supplier<Optional<SegmentSplit>> following,
            ReadAhead readAhead,
            ReadingObserver observer,
            ClassLoader filters) {
        this(split, following, readAhead, () -> {}, observer, filters);
    }

    private SelectedRecords(
            SegmentSplit split,
            Supplier<Optional<SegmentSplit>> following,
            ReadAhead readAhead,
            Runnable closing,
            ReadingObserver observer,
            ClassLoader filters) {
        this.split = split;
        this.following = following;
        this.readAhead = readAhead;
        this.closing = closing;
        this.observer = observer;
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
        return new SelectedRecords(
                SegmentSplit.of(plan, topic, partition),
                Optional::empty,
                readAhead,
                readAhead::close,
                ReadingObserver.NONE,
                filters);
    }

    /**
     * @throws CorruptDataException if a segment does not hold what it promises, or planned offsets are gone
     * @throws FailedException if the backup cannot be read
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
                if (source.hasNext(nextOffset)) {
                    return true;
                }
                close(source);
                nextSource++;
                nextOffset = 0;
            } catch (ReadAhead.WokenUp e) {
                // the merge of the segments lost its place; it begins again at the next offset
                if (open != null) {
                    open.close();
                }
                throw e;
            } catch (OpenSource.Gone e) {
                listAgain(e);
            } catch (CorruptSegmentException e) {
                skip(e);
            }
        }
        return false;
    }

    /** Takes the next record; null if it is not wanted or cannot be had. To be called after {@link #hasMore}. */
    @Nullable
    RestoreRecord read() {
        OpenSource source = opened();
        SegmentRecord record;
        try {
            record = source.next();
        } catch (CorruptSegmentException e) {
            skip(e);
            return null;
        }
        nextOffset = record.offset() + 1;
        listingsWithoutProgress = 0;
        boolean wanted = source.wants(record);
        if (record.timestamp() < 0 && (wanted || source.wantsButForTime(record))) {
            observer.metWithoutTimestamp(source.partition(), record.offset(), wanted);
        }
        return wanted ? new RestoreRecord(source.partition(), split.target().topic(), record) : null;
    }

    private OpenSource opened() {
        OpenSource source = open;
        if (source == null) {
            source = new OpenSource(
                    split.sources().get(nextSource),
                    split.selection(),
                    nextOffset,
                    readAhead,
                    this::expectWhatFollows,
                    filters);
            for (OffsetRange missing : source.missing()) {
                skip(source.partition(), missing);
            }
            open = source;
        }
        return source;
    }

    private void expectWhatFollows() {
        if (nextSource + 1 < split.sources().size()) {
            expect(split.sources().get(nextSource + 1), split.selection(), 0);
        } else {
            following
                    .get()
                    .ifPresent(next -> next.sources().stream()
                            .findFirst()
                            .ifPresent(source -> expect(source, next.selection(), next.nextOffset())));
        }
    }

    private void expect(SourceOffsets source, RecordSelection selection, long fromOffset) {
        readAhead.expect(
                source.partition(),
                listed -> PlannedSlices.of(listed, source.offsets(), fromOffset, selection)
                        .firstPath(source.partition()));
    }

    private void skip(TopicIdPartition partition, OffsetRange missing) {
        String folder = BackupLayout.partition(partition);
        String what = "the segment of offsets " + missing + " is gone";
        if (split.onCorrupt() == OnCorrupt.STOP) {
            throw new CorruptDataException(folder, what);
        }
        observer.skipped(new Damage(partition.partition(), partition.topicId(), folder, missing, what));
    }

    private void skip(CorruptSegmentException e) {
        if (split.onCorrupt() == OnCorrupt.STOP) {
            throw e;
        }
        TopicIdPartition partition = opened().partition();
        observer.skipped(new Damage(partition.partition(), partition.topicId(), e.object(), e.offsets(), e.what()));
    }

    private void listAgain(OpenSource.Gone gone) {
        listingsWithoutProgress++;
        if (listingsWithoutProgress > LISTINGS_WITHOUT_PROGRESS) {
            throw new FailedException(String.valueOf(gone.getMessage()), gone);
        }
        if (open != null) {
            close(open);
        }
    }

    private void close(OpenSource source) {
        source.close();
        open = null;
    }

    @Override
    public void close() {
        if (open != null) {
            close(open);
        }
        closing.run();
    }
}
