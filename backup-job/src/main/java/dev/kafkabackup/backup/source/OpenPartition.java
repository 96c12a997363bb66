// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where the reading of one partition stands: first its coverage is looked up, then it waits until the consumer knows
 * this incarnation under the name, then it is fetched, jumping over what is covered. Not thread safe.
 */
final class OpenPartition {

    private final PartitionSplit split;
    private final CompletableFuture<PartitionCoverage> opening;

    private Coverage coverage = Coverage.NONE;
    private long position = -1;
    private int positionEpoch = -1;

    /** Highest leader epoch of what is known to lie before the position, also where the position's own is not known. */
    private int epochBefore = -1;

    /** From here up to the position Kafka has nothing and nothing is covered; -1 if it is not so. */
    private long gapStart = -1;

    private OptionalLong stopOffset;
    private boolean fetching;
    private boolean everFetched;
    private boolean validated;
    /** Whether the last batch ended before something covered, which the position now lies behind. */
    private boolean jumped;
    /** Position that the sink knows of. */
    private long toldPosition = -1;

    OpenPartition(PartitionSplit split, CompletableFuture<PartitionCoverage> opening) {
        this.split = split;
        this.stopOffset = split.stopOffset();
        this.opening = opening;
    }

    PartitionSplit split() {
        return split;
    }

    TopicIdPartition partition() {
        return split.partition();
    }

    String topic() {
        return split.partition().topic();
    }

    TopicPartition topicPartition() {
        return split.partition().topicPartition();
    }

    Uuid topicId() {
        return split.partition().topicId();
    }

    /** Takes over the coverage once it is known; true from then on. */
    boolean isOpened() {
        if (position < 0 && opening.isDone()) {
            PartitionCoverage stored = opening.join();
            coverage = stored.covered();
            position = coverage.firstUncovered(0);
            positionEpoch = stored.leaderEpochBefore(position);
            epochBefore = positionEpoch;
            validated = position == 0;
        }
        return position >= 0;
    }

    /** Stops the look-up of a partition that is not wanted any more. */
    void abandon() {
        opening.cancel(false);
    }

    /** Offset of the next record to read. */
    long position() {
        return position;
    }

    /** The position, for a seek that lets the client notice a truncated log (KIP-320). */
    OffsetAndMetadata seekPosition() {
        return new OffsetAndMetadata(position, positionEpoch < 0 ? Optional.empty() : Optional.of(positionEpoch), "");
    }

    boolean isFetching() {
        return fetching;
    }

    /** Whether records of this incarnation could be fetched at some time, so that another ID means that it is gone. */
    boolean wasEverFetched() {
        return everFetched;
    }

    void setFetching(boolean fetching) {
        this.fetching = fetching;
        everFetched |= fetching;
    }

    /** Where a bounded reading ends, exclusive; empty to read for ever. */
    OptionalLong stopOffset() {
        return stopOffset;
    }

    /** The log does not reach any more as far as the reading was to go. */
    void stopAt(long offset) {
        stopOffset = OptionalLong.of(offset);
    }

    /** Whether a bounded reading still has to find out if the position is in Kafka's log. */
    boolean awaitsValidation() {
        return stopOffset.isPresent() && !validated;
    }

    /** The leader of the partition confirmed that its log contains the position. */
    void setValidated() {
        validated = true;
    }

    /**
     * Whether a bounded reading has reached its end. Before the position is validated nobody knows: what is covered may
     * be of a log that was truncated and has grown again.
     */
    boolean isFinished() {
        return validated && stopOffset.isPresent() && position >= stopOffset.getAsLong();
    }

    /**
     * Turns what a poll brought into a batch and moves on. Records that are covered already are left out, and the
     * position jumps behind them; {@link #position()} then differs from the consumer's own.
     *
     * @param polled records between this position and the next, in offset order
     * @param next the consumer's position after the poll
     */
    Optional<PartitionBatch> advance(List<ConsumerRecord<byte[], byte[]>> polled, OffsetAndMetadata next) {
        jumped = false;
        long start = position;
        long gap = gapStart < 0 ? start : gapStart;
        long limit = coverage.firstCovered(start);
        long end = Math.min(next.offset(), limit);
        if (end <= start) {
            return Optional.empty();
        }
        List<SegmentRecord> records = new ArrayList<>(polled.size());
        int lastEpoch = -1;
        for (ConsumerRecord<byte[], byte[]> record : polled) {
            if (record.offset() >= end) {
                break;
            }
            SegmentRecord kept = toSegmentRecord(record);
            lastEpoch = kept.leaderEpoch();
            records.add(kept);
        }
        toldPosition = end;
        boolean whole = end == next.offset();
        int known = whole ? next.leaderEpoch().orElse(-1) : lastEpoch;
        int epoch = known < 0 ? epochAround(start) : known;
        position = coverage.firstUncovered(end);
        jumped = position != end;
        // what was jumped over may be of a log that was truncated and has grown again
        validated = !jumped;
        positionEpoch = position == end ? epoch : opening.join().leaderEpochBefore(position);
        epochBefore = positionEpoch;
        gapStart = -1;
        return Optional.of(new PartitionBatch(partition(), gap, start, end, epoch, records));
    }

    /**
     * For a range without records. Epochs only grow along a log: with a lower one than before it, the range would be
     * overruled by that. Where nothing is before it, what follows counts; a leader that lags may show more before that.
     */
    private int epochAround(long start) {
        return epochBefore < 0 ? opening.join().leaderEpochAfter(start) : epochBefore;
    }

    /**
     * Whether the consumer has to seek after {@link #advance}: because it stands elsewhere, or because what was jumped
     * over is not known to be in the log, even if the consumer came to the same offset by itself.
     */
    boolean hasJumped(OffsetAndMetadata next) {
        return jumped || position != next.offset();
    }

    /** What the sink has to know of the position: where it begins, and each move that no batch tells of. */
    Optional<PartitionBatch> notice() {
        if (!isOpened() || position == toldPosition) {
            return Optional.empty();
        }
        toldPosition = position;
        return Optional.of(PartitionBatch.position(partition(), position));
    }

    private static SegmentRecord toSegmentRecord(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        byte @Nullable [] value = record.value();
        return new SegmentRecord(
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.leaderEpoch().orElse(-1),
                key,
                value,
                record.headers());
    }

    /**
     * Kafka has dropped what lies below its log start offset: goes on at the first uncovered offset from there.
     *
     * @return the offsets that are lost: uncovered, behind something that is covered or was read, and not served any
     *     more
     */
    List<OffsetRange> skipTo(long logStartOffset) {
        List<OffsetRange> lost = new ArrayList<>();
        boolean begun = (everFetched && position > 0) || !coverage.isEmpty();
        long from = coverage.isEmpty() ? position : Math.max(position, coverage.startOffset());
        long uncovered = coverage.firstUncovered(from);
        while (begun && uncovered < logStartOffset) {
            long end = Math.min(coverage.firstCovered(uncovered), logStartOffset);
            lost.add(new OffsetRange(uncovered, end));
            uncovered = coverage.firstUncovered(end);
        }
        long coveredEnd = coverage.coveredEndBefore(logStartOffset);
        long known = Math.max(gapStart < 0 ? position : gapStart, coveredEnd);
        position = coverage.firstUncovered(logStartOffset);
        gapStart = position == logStartOffset && known < position ? known : -1;
        positionEpoch = position == logStartOffset ? -1 : opening.join().leaderEpochBefore(position);
        validated = validated && position == logStartOffset;
        epochBefore = Math.max(
                epochBefore, position == logStartOffset ? opening.join().leaderEpochBefore(coveredEnd) : positionEpoch);
        return lost;
    }

    /** The log was truncated: goes on where it diverges, and what was covered from there on counts no more. */
    void truncateTo(OffsetAndMetadata divergent) {
        coverage = Coverage.NONE;
        gapStart = -1;
        position = divergent.offset();
        positionEpoch = divergent.leaderEpoch().orElse(-1);
        epochBefore = positionEpoch;
    }

    @Override
    public String toString() {
        return partition() + " at " + position;
    }
}
