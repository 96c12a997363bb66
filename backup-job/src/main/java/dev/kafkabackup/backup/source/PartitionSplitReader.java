// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.backup.source.Poll.LogBounds;
import dev.kafkabackup.offset.OffsetRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the partitions of one subtask with one consumer and never takes a record for one of another incarnation.
 *
 * <p>A partition is fetched only while the consumer's own metadata has the split's topic ID under the topic's name. If
 * that ID changed at any moment during a poll, what the poll brought of the topic is dropped and the consumer is
 * replaced, because its buffers may hold more. Another ID than before ends the split; no ID at all (lost rights, a
 * broker with old metadata) only makes it wait. A partition that cannot be read waits as well, and the others go on.
 *
 * <p>Used from the fetcher thread; {@link #wakeUp()} and {@link #end} from any.
 */
final class PartitionSplitReader implements SplitReader<PartitionBatch, PartitionSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSplitReader.class);

    /** How long to wait for something to read. */
    private static final long PAUSE_MS = 100;

    private final IncarnationConsumer consumer;
    private final PartitionOpener opener;
    private final Consumer<Set<Uuid>> endedIncarnations;
    private final LongConsumer gapOffsets;
    private final FetchAllowance allowance;

    private final Map<String, OpenPartition> partitions = new LinkedHashMap<>();
    private final ParkedPartitions parked = new ParkedPartitions(System::nanoTime);
    private final StopOffsets stopOffsets = new StopOffsets();
    private final Queue<String> toEnd = new ConcurrentLinkedQueue<>();
    private final Semaphore wakeUp = new Semaphore(0);

    /** IDs that had a successor: Kafka never gives one out again, so who shows one has old metadata. */
    private final Set<Uuid> replacedIds = new HashSet<>();

    private volatile int opening;

    /** Memory that the present fetch occupies. */
    private long fetchedBytes;

    /**
     * @param consumers makes consumers that never reset an offset by themselves
     * @param opener finds out what is covered; closed with this reader
     * @param endedIncarnations told about incarnations that Kafka replaced; called on the fetcher thread
     * @param gapOffsets told how many offsets Kafka dropped before they were read; called on the fetcher thread
     * @param allowance how much may be fetched ahead of what is processed
     */
    PartitionSplitReader(
            Supplier<KafkaConsumer<byte[], byte[]>> consumers,
            PartitionOpener opener,
            Consumer<Set<Uuid>> endedIncarnations,
            LongConsumer gapOffsets,
            FetchAllowance allowance) {
        this.consumer = new IncarnationConsumer(consumers);
        this.opener = opener;
        this.endedIncarnations = endedIncarnations;
        this.gapOffsets = gapOffsets;
        this.allowance = allowance;
    }

    @Override
    public void handleSplitsChanges(SplitsChange<PartitionSplit> change) {
        for (PartitionSplit split : change.splits()) {
            partitions.computeIfAbsent(
                    split.splitId(), any -> new OpenPartition(split, opener.open(split.partition())));
        }
    }

    /** Ends the splits of an incarnation that is proven to be deleted. */
    void end(String topicId) {
        toEnd.add(topicId);
        wakeUp();
    }

    @Override
    public RecordsWithSplitIds<PartitionBatch> fetch() throws IOException {
        RecordsBySplits.Builder<PartitionBatch> out = new RecordsBySplits.Builder<>();
        fetchedBytes = 0;
        try {
            endDeleted(out);
            tellPositions(out);
            finish(out, partition -> partition.isOpened() && partition.isFinished());
            if (assignOpened().isEmpty() || allowance.isUsedUp()) {
                waitAWhile();
            } else if (startFetching()) {
                poll(out);
                tellPositions(out);
            }
        } catch (WakeupException e) {
            LOG.trace("Woken up");
        } catch (KafkaException e) {
            LOG.warn("Kafka cannot be read, the job starts again: {}", e.toString());
            throw new IOException("Kafka cannot be read: " + e.getMessage(), e);
        }
        return allowance.take(out.build(), fetchedBytes);
    }

    private void endDeleted(RecordsBySplits.Builder<PartitionBatch> out) {
        for (String topicId = toEnd.poll(); topicId != null; topicId = toEnd.poll()) {
            String ended = topicId;
            finish(out, partition -> partition.topicId().toString().equals(ended) && tellEnd(out, partition));
        }
    }

    /** Always true. */
    private static boolean tellEnd(RecordsBySplits.Builder<PartitionBatch> out, OpenPartition partition) {
        out.add(partition.split().splitId(), PartitionBatch.ended(partition.partition()));
        return true;
    }

    private void tellPositions(RecordsBySplits.Builder<PartitionBatch> out) {
        int waiting = 0;
        for (OpenPartition partition : partitions.values()) {
            partition.notice().ifPresent(notice -> out.add(partition.split().splitId(), notice));
            waiting += partition.isOpened() ? 0 : 1;
        }
        opening = waiting;
    }

    /** Gives the consumer the partitions whose coverage is known; they stay paused until it knows the incarnation. */
    private List<OpenPartition> assignOpened() {
        // of several incarnations of one name, the one that the consumer knows now, else the newest split
        List<OpenPartition> wanted = eachNameOnce(
                partition -> partition.isOpened() && !parked.contains(partition.topicPartition()),
                (one, other) -> consumer.isCurrent(one) ? one : other);
        consumer.assign(wanted);
        if (wanted.isEmpty()
                && partitions.values().stream()
                        .allMatch(partition -> partition.stopOffset().isPresent())) {
            parked.requireHope(partitions.values().stream()
                    .map(OpenPartition::topicPartition)
                    .toList());
        }
        return wanted;
    }

    private List<OpenPartition> eachNameOnce(Predicate<OpenPartition> condition, BinaryOperator<OpenPartition> choice) {
        Map<TopicPartition, OpenPartition> chosen = new LinkedHashMap<>();
        for (OpenPartition partition : partitions.values()) {
            if (condition.test(partition)) {
                chosen.merge(partition.topicPartition(), partition, choice);
            }
        }
        return new ArrayList<>(chosen.values());
    }

    private void waitAWhile() {
        try {
            if (wakeUp.tryAcquire(PAUSE_MS, TimeUnit.MILLISECONDS)) {
                wakeUp.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the consumer is still the one that everything was assigned to. */
    private boolean startFetching() {
        for (OpenPartition partition : assigned()) {
            if (!partition.isFetching() && consumer.isCurrent(partition)) {
                if (!consumer.startFetching(partition)) {
                    stopFetching();
                    return false;
                }
                LOG.info("Reading {} from offset {}", partition.partition(), partition.position());
            }
        }
        return true;
    }

    /** After the consumer was replaced. */
    private void stopFetching() {
        partitions.values().forEach(partition -> partition.setFetching(false));
    }

    /** The partitions that the consumer has, each with the split it is read for. */
    private List<OpenPartition> assigned() {
        return eachNameOnce(
                partition -> partition.isOpened() && consumer.isAssigned(partition),
                (one, other) -> one.isFetching() || consumer.isCurrent(one) ? one : other);
    }

    private void poll(RecordsBySplits.Builder<PartitionBatch> out) {
        List<OpenPartition> fetching =
                assigned().stream().filter(OpenPartition::isFetching).toList();
        Poll poll = consumer.poll(
                fetching.stream().filter(OpenPartition::awaitsValidation).toList());
        // only now: what was answered above may already be about another incarnation
        Set<String> changedTopics = consumer.takeChanged();
        boolean stale = false;
        for (OpenPartition partition : fetching) {
            if (changedTopics.contains(partition.topic())) {
                stale = true;
                drop(partition, poll.records());
            } else {
                take(partition, poll, out);
            }
        }
        if (!changedTopics.isEmpty()) {
            endReplaced(out, changedTopics);
        }
        RuntimeException cause = poll.cause();
        if (cause != null) {
            park(poll.unreadable(), cause);
        }
        if (stale) {
            consumer.replace();
            stopFetching();
        } else {
            stopOffsets.lowerToEndOfLog(consumer, fetching);
        }
    }

    private void take(OpenPartition partition, Poll poll, RecordsBySplits.Builder<PartitionBatch> out) {
        OffsetAndMetadata divergent = poll.diverged().get(partition.topicPartition());
        LogBounds log = poll.outOfRange().get(partition.topicPartition());
        OffsetAndMetadata next = poll.records().nextOffsets().get(partition.topicPartition());
        if (divergent != null) {
            truncate(partition, divergent);
        } else if (log != null) {
            moveInto(partition, log);
        } else if (poll.validated().contains(partition.topicPartition())) {
            partition.setValidated();
        }
        if (next != null) {
            parked.release(partition.topicPartition());
            Optional<PartitionBatch> batch =
                    partition.advance(poll.records().records(partition.topicPartition()), next);
            batch.ifPresent(read -> {
                out.add(partition.split().splitId(), read);
                fetchedBytes += FetchAllowance.bytes(read);
            });
            if (partition.hasJumped(next)) {
                consumer.seek(partition);
            }
        }
    }

    private static void drop(OpenPartition partition, ConsumerRecords<byte[], byte[]> polled) {
        int records = polled.records(partition.topicPartition()).size();
        if (records > 0) {
            OffsetAndMetadata next = polled.nextOffsets().get(partition.topicPartition());
            LOG.warn(
                    "Dropped {} fetched records of {} from offset {} up to {}: the topic's ID changed while they were fetched",
                    records,
                    partition.partition(),
                    partition.position(),
                    next == null ? "?" : next.offset());
        }
    }

    /**
     * Ends what Kafka has replaced: an incarnation that was fetched before and whose name now has another ID. A bounded
     * reading waits for the proof, because nobody would look for its partitions again if the answer was an old one.
     */
    private void endReplaced(RecordsBySplits.Builder<PartitionBatch> out, Set<String> changedTopics) {
        Set<Uuid> ended = new HashSet<>();
        finish(out, partition -> {
            boolean replaced = changedTopics.contains(partition.topic())
                    && partition.wasEverFetched()
                    && partition.stopOffset().isEmpty()
                    && consumer.currentId(partition.topic())
                            .filter(id -> !id.equals(partition.topicId()) && !replacedIds.contains(id))
                            .isPresent();
            if (replaced) {
                tellEnd(out, partition);
                ended.add(partition.topicId());
            }
            return replaced;
        });
        if (!ended.isEmpty()) {
            replacedIds.addAll(ended);
            endedIncarnations.accept(ended);
        }
    }

    private void truncate(OpenPartition partition, OffsetAndMetadata divergent) {
        LOG.warn(
                "The log of {} was truncated: reading goes on at offset {} instead of {}",
                partition.partition(),
                divergent.offset(),
                partition.position());
        partition.truncateTo(divergent);
        consumer.seek(partition);
    }

    /**
     * The position is not in the log: Kafka dropped what was there, or the log was truncated and nobody knows where.
     */
    private void moveInto(OpenPartition partition, LogBounds log) {
        if (partition.position() > log.endOffset()) {
            truncate(partition, new OffsetAndMetadata(log.endOffset()));
            return;
        }
        for (OffsetRange gap : partition.skipTo(Math.max(log.startOffset(), partition.position()))) {
            LOG.warn(
                    "Gap in {}: Kafka dropped offsets {} before they were read; reading goes on at {}",
                    partition.partition(),
                    gap,
                    partition.position());
            gapOffsets.accept(gap.length());
        }
        consumer.seek(partition);
    }

    private void park(Set<TopicPartition> unreadable, RuntimeException cause) {
        parked.park(unreadable, cause);
        for (OpenPartition partition : partitions.values()) {
            if (unreadable.contains(partition.topicPartition())) {
                partition.setFetching(false);
            } else if (partition.isFetching()) {
                // the client may have moved on, and have thrown away what it had fetched of others
                consumer.seek(partition);
            }
        }
    }

    private void finish(RecordsBySplits.Builder<PartitionBatch> out, Predicate<OpenPartition> condition) {
        partitions.values().removeIf(partition -> {
            if (!condition.test(partition)) {
                return false;
            }
            if (partition.wasEverFetched() || partition.isFinished()) {
                LOG.info("Reading of {} ended", partition);
            } else {
                LOG.warn("{} was gone before anything of it was read", partition);
            }
            partition.abandon();
            out.addFinishedSplit(partition.split().splitId());
            return true;
        });
    }

    /** Partitions of which it is not known yet what is covered; any thread may ask. */
    int opening() {
        return opening;
    }

    @Override
    public void wakeUp() {
        wakeUp.release();
        consumer.wakeUp();
    }

    @Override
    public void close() {
        opener.close();
        consumer.close();
    }
}
