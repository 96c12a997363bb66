// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
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
    private @Nullable Thread sender;
    private @Nullable Failure failure;

    /**
     * Why the runs would not be exact.
     *
     * @param what what is wrong, and with which record if it is one
     * @param reason why a record was not accepted; null if something else is wrong, or Kafka's writer has to say it
     */
    record Failure(String what, @Nullable Exception reason) {

        private boolean isExplainedLater() {
            return reason != null && RefusalReason.isAnotherRecord(reason);
        }
    }

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
        sender = Thread.currentThread();
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
            fail(new Failure(
                    "%s was not accepted by %s-%d".formatted(refused(records), answer.topic(), answer.partition()),
                    RefusalReason.take().orElse(null)));
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

    /** What the producer does not take at all it answers before it has returned. */
    private String refused(@Nullable SentRecords records) {
        if (records == null || records.isEmpty()) {
            return "a record";
        }
        return Thread.currentThread() == sender ? records.removeNewest() : records.removeOldest();
    }

    private void fail(String what) {
        fail(new Failure(what, null));
    }

    /** The first one counts, but of a request that was refused the record that is to blame. */
    private void fail(Failure next) {
        Failure first = failure;
        if (first == null || (first.isExplainedLater() && !next.isExplainedLater())) {
            failure = next;
            notifyAll();
        }
    }

    /**
     * What went wrong first, if something did.
     *
     * @param patience Flink's writer fails the task a moment before this is told why
     */
    synchronized Optional<Failure> awaitFailure(Duration patience) {
        long giveUpAt = System.nanoTime() + patience.toNanos();
        try {
            while ((failure == null || failure.isExplainedLater()) && System.nanoTime() < giveUpAt) {
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
        if (records == null || !records.areOf(topic, partition)) {
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
            throw new IOException("The offset map would not be exact: " + failure.what(), failure.reason());
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
}
