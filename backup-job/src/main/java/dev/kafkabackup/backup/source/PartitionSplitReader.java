// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.offset.OffsetRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
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
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the partitions of one subtask with one consumer and never takes a record for one of another incarnation.
 *
 * <p>A partition is fetched only while the consumer's own metadata has the split's topic ID under the topic's name. If
 * that ID changed at any moment during a poll, what the poll brought of the topic is dropped and the consumer is
 * replaced, because its buffers may hold more. Another ID than before ends the split; no ID at all (lost rights, a
 * broker with old metadata) only makes it wait.
 *
 * <p>Used from the fetcher thread; {@link #wakeUp()} and {@link #end} from any.
 */
final class PartitionSplitReader implements SplitReader<PartitionBatch, PartitionSplit> {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionSplitReader.class);

    /** Short, so that new splits and lost topics are looked after soon. */
    private static final Duration POLL = Duration.ofMillis(100);

    private static final Duration OFFSETS_TIMEOUT = Duration.ofSeconds(5);
    private static final long PARKED_NANOS = Duration.ofSeconds(5).toNanos();

    private final Supplier<KafkaConsumer<byte[], byte[]>> consumers;
    private final PartitionOpener opener;
    private final Consumer<Set<Uuid>> endedIncarnations;
    private final LongConsumer gapOffsets;
    private final FetchAllowance allowance;

    private final Map<String, OpenPartition> partitions = new LinkedHashMap<>();
    private final Map<String, Long> parkedTopics = new HashMap<>();
    private final Queue<String> toEnd = new ConcurrentLinkedQueue<>();
    private final Semaphore wakeUp = new Semaphore(0);

    /** Replaced by the fetcher thread, woken up by others. */
    private volatile KafkaConsumer<byte[], byte[]> consumer;

    private ConsumerTopicIds topicIds;

    /** What the present consumer fetched, by topic name. */
    private final Map<String, Uuid> fetchedIds = new HashMap<>();

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
        this.consumers = consumers;
        this.opener = opener;
        this.endedIncarnations = endedIncarnations;
        this.gapOffsets = gapOffsets;
        this.allowance = allowance;
        this.consumer = consumers.get();
        this.topicIds = ConsumerTopicIds.of(consumer);
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
            assignOpened(out);
            startFetching();
            if (consumer.assignment().isEmpty() || allowance.isUsedUp()) {
                waitAWhile();
            } else {
                poll(out);
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
            finish(out, partition -> partition.topicId().toString().equals(ended));
        }
    }

    /** Gives the consumer the partitions whose coverage is known; they stay paused until it knows the incarnation. */
    private void assignOpened(RecordsBySplits.Builder<PartitionBatch> out) {
        finish(out, partition -> partition.isOpened() && partition.isFinished());
        Map<TopicPartition, OpenPartition> wanted = new LinkedHashMap<>();
        for (OpenPartition partition : partitions.values()) {
            if (partition.isOpened() && !isParked(partition)) {
                // of several incarnations of one name, the one that the consumer knows now, else the newest split
                wanted.merge(partition.topicPartition(), partition, (one, other) -> isCurrent(one) ? one : other);
            }
        }
        if (wanted.keySet().equals(consumer.assignment())) {
            return;
        }
        Map<TopicPartition, OpenPartition> added = new LinkedHashMap<>(wanted);
        added.keySet().removeAll(consumer.assignment());
        consumer.assign(wanted.keySet());
        for (OpenPartition partition : added.values()) {
            topicIds.watch(partition.partition().topic());
            pause(partition);
        }
    }

    private boolean isCurrent(OpenPartition partition) {
        return topicIds.current(partition.partition().topic())
                .filter(partition.topicId()::equals)
                .isPresent();
    }

    private boolean isParked(OpenPartition partition) {
        Long until = parkedTopics.get(partition.partition().topic());
        if (until != null && until - System.nanoTime() <= 0) {
            parkedTopics.remove(partition.partition().topic());
            return false;
        }
        return until != null;
    }

    private void waitAWhile() {
        try {
            if (wakeUp.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                wakeUp.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops fetching and sets the consumer back to where the next batch has to begin. */
    private void pause(OpenPartition partition) {
        partition.setFetching(false);
        consumer.pause(List.of(partition.topicPartition()));
        consumer.seek(partition.topicPartition(), partition.seekPosition());
    }

    /**
     * One consumer fetches one incarnation of a name only, however the one before it ended: its buffers, and answers
     * that are still on their way, may hold records that look as if they belonged to the next.
     */
    private void startFetching() {
        for (OpenPartition partition : assigned()) {
            if (!partition.isFetching() && isCurrent(partition)) {
                Uuid before = fetchedIds.putIfAbsent(partition.partition().topic(), partition.topicId());
                if (before != null && !before.equals(partition.topicId())) {
                    replaceConsumer();
                    return;
                }
                consumer.seek(partition.topicPartition(), partition.seekPosition());
                consumer.resume(List.of(partition.topicPartition()));
                partition.setFetching(true);
                LOG.info("Reading {} from offset {}", partition.partition(), partition.position());
            }
        }
    }

    /** The partitions that the consumer has, each with the split it is read for. */
    private List<OpenPartition> assigned() {
        Map<TopicPartition, OpenPartition> assigned = new LinkedHashMap<>();
        for (OpenPartition partition : partitions.values()) {
            if (partition.isOpened() && consumer.assignment().contains(partition.topicPartition())) {
                assigned.merge(
                        partition.topicPartition(),
                        partition,
                        (one, other) -> one.isFetching() || isCurrent(one) ? one : other);
            }
        }
        return new ArrayList<>(assigned.values());
    }

    private void poll(RecordsBySplits.Builder<PartitionBatch> out) {
        ConsumerRecords<byte[], byte[]> polled = ConsumerRecords.empty();
        Map<TopicPartition, OffsetAndMetadata> diverged = Map.of();
        Map<TopicPartition, LogBounds> outOfRange = Map.of();
        try {
            polled = consumer.poll(POLL);
        } catch (LogTruncationException e) {
            diverged = e.divergentOffsets();
            Set<TopicPartition> unknown =
                    new HashSet<>(e.offsetOutOfRangePartitions().keySet());
            unknown.removeAll(diverged.keySet());
            outOfRange = logBounds(unknown);
        } catch (OffsetOutOfRangeException e) {
            outOfRange = logBounds(e.offsetOutOfRangePartitions().keySet());
        } catch (TopicAuthorizationException e) {
            park(e.unauthorizedTopics(), e);
        }
        // only now: what was answered above may already be about another incarnation
        Set<String> changedTopics = topicIds.takeChanged();
        boolean stale = false;
        for (OpenPartition partition : assigned()) {
            if (!partition.isFetching()) {
                continue;
            }
            TopicPartition topicPartition = partition.topicPartition();
            if (changedTopics.contains(topicPartition.topic())) {
                stale = true;
                drop(partition, polled);
            } else if (diverged.containsKey(topicPartition)) {
                truncate(partition, diverged.get(topicPartition));
            } else if (outOfRange.containsKey(topicPartition)) {
                moveInto(partition, outOfRange.get(topicPartition));
            } else {
                advance(partition, polled, out);
            }
        }
        if (!changedTopics.isEmpty()) {
            endReplaced(out, changedTopics);
        }
        if (stale) {
            replaceConsumer();
        }
    }

    /** Where a partition's log begins and ends. */
    private record LogBounds(long startOffset, long endOffset) {}

    private Map<TopicPartition, LogBounds> logBounds(Set<TopicPartition> topicPartitions) {
        Map<TopicPartition, LogBounds> bounds = new HashMap<>();
        try {
            Map<TopicPartition, Long> starts = consumer.beginningOffsets(topicPartitions, OFFSETS_TIMEOUT);
            Map<TopicPartition, Long> ends = consumer.endOffsets(topicPartitions, OFFSETS_TIMEOUT);
            starts.forEach((topicPartition, start) -> {
                Long end = ends.get(topicPartition);
                if (end != null) {
                    bounds.put(topicPartition, new LogBounds(start, end));
                }
            });
        } catch (TimeoutException e) {
            LOG.warn("Log start and end of {} are not known yet: {}", topicPartitions, e.getMessage());
        } catch (TopicAuthorizationException e) {
            park(e.unauthorizedTopics(), e);
        }
        return bounds;
    }

    private void advance(
            OpenPartition partition,
            ConsumerRecords<byte[], byte[]> polled,
            RecordsBySplits.Builder<PartitionBatch> out) {
        OffsetAndMetadata next = polled.nextOffsets().get(partition.topicPartition());
        if (next == null) {
            return;
        }
        Optional<PartitionBatch> batch = partition.advance(polled.records(partition.topicPartition()), next);
        batch.ifPresent(read -> {
            out.add(partition.split().splitId(), read);
            fetchedBytes += FetchAllowance.bytes(read);
        });
        if (partition.position() != next.offset()) {
            consumer.seek(partition.topicPartition(), partition.seekPosition());
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

    /** Ends what Kafka has replaced: an incarnation that was fetched before and whose name now has another ID. */
    private void endReplaced(RecordsBySplits.Builder<PartitionBatch> out, Set<String> changedTopics) {
        Set<Uuid> ended = new HashSet<>();
        finish(out, partition -> {
            String topic = partition.partition().topic();
            boolean replaced = changedTopics.contains(topic)
                    && partition.wasEverFetched()
                    && topicIds.current(topic)
                            .filter(id -> !id.equals(partition.topicId()))
                            .isPresent();
            if (replaced) {
                ended.add(partition.topicId());
            }
            return replaced;
        });
        if (!ended.isEmpty()) {
            endedIncarnations.accept(ended);
        }
    }

    /** A new consumer has empty buffers; nothing that was fetched under another ID can come out of it. */
    private void replaceConsumer() {
        consumer.close(CloseOptions.timeout(Duration.ZERO));
        consumer = consumers.get();
        topicIds = ConsumerTopicIds.of(consumer);
        fetchedIds.clear();
        partitions.values().forEach(partition -> partition.setFetching(false));
    }

    private void truncate(OpenPartition partition, OffsetAndMetadata divergent) {
        LOG.warn(
                "The log of {} was truncated: reading goes on at offset {} instead of {}",
                partition.partition(),
                divergent.offset(),
                partition.position());
        partition.truncateTo(divergent);
        consumer.seek(partition.topicPartition(), partition.seekPosition());
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
        consumer.seek(partition.topicPartition(), partition.seekPosition());
    }

    /** Leaves topics alone for a while, so that those without rights do not hold up the others. */
    private void park(Collection<String> topics, Exception cause) {
        LOG.warn(
                "Not reading {} for {} s: {}",
                topics,
                Duration.ofNanos(PARKED_NANOS).toSeconds(),
                cause.toString());
        long until = System.nanoTime() + PARKED_NANOS;
        topics.forEach(topic -> parkedTopics.put(topic, until));
        for (OpenPartition partition : partitions.values()) {
            if (topics.contains(partition.partition().topic())) {
                partition.setFetching(false);
            }
        }
    }

    private void finish(RecordsBySplits.Builder<PartitionBatch> out, Predicate<OpenPartition> condition) {
        partitions.values().removeIf(partition -> {
            if (!condition.test(partition)) {
                return false;
            }
            LOG.info("Reading of {} ended", partition);
            partition.abandon();
            out.addFinishedSplit(partition.split().splitId());
            return true;
        });
    }

    @Override
    public void wakeUp() {
        wakeUp.release();
        consumer.wakeup();
    }

    @Override
    public void close() {
        opener.close();
        consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
}
