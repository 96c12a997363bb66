// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Brings together what was sent and where Kafka put it. Kafka acknowledges the records of a partition in the order in
 * which they were sent, so that the oldest record without an answer is the one that the next answer is about.
 *
 * <p>Lets only so much be on its way. The producer's own buffer has to take the largest record, which is far more than
 * a connection carries at once: a broker that is slow would find all of it full, in memory that no one needs, waiting
 * for longer than the producer waits for an answer.
 *
 * <p>Thread safe: {@link #sent} and {@link #takeRuns} are called from the task thread, {@link #accept} from the
 * producer's network thread, where an exception would be swallowed. What is wrong there is kept for {@link #takeRuns}.
 */
final class OffsetRecorder implements Consumer<RecordMetadata> {

    /** Several times what a producer has in its five requests to a broker. */
    private static final long UNANSWERED_BYTES = 32 * 1024 * 1024;

    private final long limitBytes;
    private final Map<TopicPartition, SentRecords> partitions = new LinkedHashMap<>();
    private @Nullable SentRecords latest;
    private long unanswered;
    private long unansweredBytes;
    private boolean full;
    private @Nullable String failure;

    OffsetRecorder() {
        this(UNANSWERED_BYTES);
    }

    /** @param limitBytes of all records without an answer, unless it is a single one */
    OffsetRecorder(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * Waits until there is room for a record, and expects an answer; to be called before the record is handed to the
     * producer.
     *
     * @param source where it comes from; the sources of a target follow one another
     * @param bytes uncompressed size of the record
     * @param target partition that the record goes to
     */
    synchronized void sent(TopicIdPartition source, long sourceOffset, long bytes, TopicPartition target)
            throws InterruptedException {
        awaitRoom(bytes);
        SentRecords records = of(target.topic(), target.partition());
        if (records == null) {
            records = new SentRecords(target);
            partitions.put(target, records);
        }
        records.add(source, sourceOffset, bytes);
        unanswered++;
        unansweredBytes += bytes;
    }

    private void awaitRoom(long bytes) throws InterruptedException {
        while (unanswered > 0 && unansweredBytes + bytes > limitBytes && failure == null) {
            full = true;
            while (full) {
                wait();
            }
        }
    }

    /** Not for each answer: there is room again when half of it is free. */
    private void tellRoom() {
        if (full && (unansweredBytes <= limitBytes / 2 || unanswered == 0 || failure != null)) {
            full = false;
            notifyAll();
        }
    }

    @Override
    public synchronized void accept(RecordMetadata answer) {
        SentRecords records = of(answer.topic(), answer.partition());
        if (!answer.hasOffset()) {
            fail((records == null || records.isEmpty() ? "a record" : records.oldest()) + " was not accepted by "
                    + answer.topic() + "-" + answer.partition());
        } else if (records == null || records.isEmpty()) {
            fail("Kafka answered for a record that was not sent: " + answer);
        } else {
            unanswered--;
            unansweredBytes -= records.oldestBytes();
            if (!records.answered(answer.offset())) {
                fail("Kafka answered with an offset that does not follow the one before: " + answer);
            }
        }
        tellRoom();
    }

    private void fail(String what) {
        if (failure == null) {
            failure = what;
            notifyAll();
        }
    }

    /**
     * What went wrong first, if something did.
     *
     * @param patience Flink's writer fails the task a moment before this is told why
     */
    synchronized Optional<String> awaitFailure(Duration patience) {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        try {
            while (failure == null && System.nanoTime() < giveUpAt) {
                TimeUnit.NANOSECONDS.timedWait(this, giveUpAt - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.ofNullable(failure);
    }

    /** Consecutive records mostly belong to one partition. */
    private @Nullable SentRecords of(String topic, int partition) {
        SentRecords records = latest;
        if (records == null
                || records.target.partition() != partition
                || !records.target.topic().equals(topic)) {
            records = partitions.get(new TopicPartition(topic, partition));
            latest = records == null ? latest : records;
        }
        return records;
    }

    /**
     * The runs of all records sent since the last call; to be called when the producer was flushed.
     *
     * @throws IOException if a record was not accepted or not answered, so that the runs would not be exact
     */
    synchronized List<OffsetMapRun> takeRuns() throws IOException {
        if (failure != null) {
            throw new IOException("The offset map would not be exact: " + failure);
        }
        if (unanswered != 0) {
            throw new IOException(
                    "The offset map would not be exact: Kafka has not answered for " + unanswered + " records");
        }
        List<OffsetMapRun> runs = new ArrayList<>();
        partitions.values().forEach(records -> records.drainTo(runs));
        partitions.clear();
        latest = null;
        return runs;
    }

    /**
     * The records of one target partition: source offsets without an answer, first in first out, and the finished runs.
     */
    private static final class SentRecords {

        private final TopicPartition target;
        /** Sources of the records without an answer, with the number of these records; mostly one. */
        private final Deque<WaitingSource> sources = new ArrayDeque<>();

        private final List<OffsetMapRun> runs = new ArrayList<>();

        private long[] waiting = new long[1024];
        private long[] waitingBytes = new long[waiting.length];
        private int oldest;
        private int count;

        private @Nullable TopicIdPartition runPartition;
        private long runSource;
        private long runTarget;
        private long runLength;

        SentRecords(TopicPartition target) {
            this.target = target;
        }

        boolean isEmpty() {
            return count == 0;
        }

        /** The record that the next answer is about, for a message. */
        String oldest() {
            return "the record at offset " + waiting[oldest] + " of " + sources.element().source;
        }

        void add(TopicIdPartition source, long sourceOffset, long bytes) {
            WaitingSource last = sources.peekLast();
            if (last == null || !last.source.equals(source)) {
                last = new WaitingSource(source);
                sources.add(last);
            }
            last.records++;
            if (count == waiting.length) {
                waiting = enlarged(waiting);
                waitingBytes = enlarged(waitingBytes);
                oldest = 0;
            }
            int next = (oldest + count) % waiting.length;
            waiting[next] = sourceOffset;
            waitingBytes[next] = bytes;
            count++;
        }

        private long[] enlarged(long[] ring) {
            long[] larger = new long[2 * count];
            int untilEnd = count - oldest;
            System.arraycopy(ring, oldest, larger, 0, untilEnd);
            System.arraycopy(ring, 0, larger, untilEnd, oldest);
            return larger;
        }

        /** Size of the record that the next answer is about. */
        long oldestBytes() {
            return waitingBytes[oldest];
        }

        /** False if the offset is not behind the one before. */
        boolean answered(long targetOffset) {
            WaitingSource from = sources.element();
            if (--from.records == 0) {
                sources.remove();
            }
            long sourceOffset = waiting[oldest];
            oldest = (oldest + 1) % waiting.length;
            count--;
            if (runLength > 0
                    && sourceOffset == runSource + runLength
                    && targetOffset == runTarget + runLength
                    && from.source.equals(runPartition)) {
                runLength++;
                return true;
            }
            boolean inOrder = runLength == 0 || targetOffset >= runTarget + runLength;
            endRun();
            runPartition = from.source;
            runSource = sourceOffset;
            runTarget = targetOffset;
            runLength = 1;
            return inOrder;
        }

        private void endRun() {
            if (runPartition != null) {
                runs.add(new OffsetMapRun(runPartition, runSource, target, runTarget, runLength));
                runPartition = null;
                runLength = 0;
            }
        }

        void drainTo(List<OffsetMapRun> all) {
            endRun();
            all.addAll(runs);
        }
    }

    /** Where the next records without an answer come from. */
    private static final class WaitingSource {

        private final TopicIdPartition source;
        private int records;

        WaitingSource(TopicIdPartition source) {
            this.source = source;
        }
    }
}
