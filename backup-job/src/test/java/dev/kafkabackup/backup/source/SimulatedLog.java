// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.testing.RandomRecords;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.record.TimestampType;

/**
 * The log of one partition as its leader serves it: records, offsets without one, leader epochs, where it starts. It
 * answers questions about epochs as a broker does (KIP-320).
 */
final class SimulatedLog {

    private final TopicIdPartition partition;
    private final RandomRecords records;
    private final RandomGenerator random;

    /** Every record that ever was in the log as it is now, also if Kafka compacted or dropped it. */
    private final NavigableMap<Long, ConsumerRecord<byte[], byte[]>> lineage = new TreeMap<>();
    /** Those that Kafka still has. */
    private final NavigableMap<Long, ConsumerRecord<byte[], byte[]>> kept = new TreeMap<>();
    /** Where each leader epoch begins. */
    private final NavigableMap<Integer, Long> epochs = new TreeMap<>();

    private long startOffset;
    private long highestStartOffset;
    private long endOffset;
    private int epoch;

    SimulatedLog(TopicIdPartition partition, RandomRecords records, RandomGenerator random) {
        this.partition = partition;
        this.records = records;
        this.random = random;
    }

    long startOffset() {
        return startOffset;
    }

    /** Where the log started at most, before a new leader came that had not dropped as much. */
    long highestStartOffset() {
        return highestStartOffset;
    }

    long endOffset() {
        return endOffset;
    }

    int epoch() {
        return epoch;
    }

    NavigableMap<Long, ConsumerRecord<byte[], byte[]>> lineage() {
        return lineage;
    }

    NavigableMap<Long, ConsumerRecord<byte[], byte[]>> kept() {
        return kept.tailMap(startOffset, true);
    }

    /** So many offsets more, most of them with a record, and the last one is never compacted away. */
    void append(int offsets) {
        epochs.putIfAbsent(epoch, endOffset);
        for (int i = 0; i < offsets; i++) {
            if (random.nextInt(6) != 0) {
                ProducerRecord<byte[], byte[]> next = records.next(partition.topic(), partition.partition());
                ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                        partition.topic(),
                        partition.partition(),
                        endOffset,
                        next.timestamp(),
                        TimestampType.CREATE_TIME,
                        0,
                        0,
                        next.key(),
                        next.value(),
                        next.headers(),
                        Optional.of(epoch));
                lineage.put(endOffset, record);
                kept.put(endOffset, record);
            }
            endOffset++;
        }
    }

    /** A new leader, which has everything. */
    void elect() {
        epoch += random.nextInt(1, 3);
    }

    /** A new leader that lacks the end of the log, and may have a start that the old one had left behind. */
    void truncate(long offset, long laggingStartOffset) {
        endOffset = offset;
        startOffset = Math.min(laggingStartOffset, offset);
        highestStartOffset = Math.min(highestStartOffset, offset);
        lineage.tailMap(offset, true).clear();
        kept.tailMap(offset, true).clear();
        epochs.values().removeIf(start -> start >= offset);
        elect();
    }

    void dropBelow(long offset) {
        startOffset = Math.max(startOffset, offset);
        highestStartOffset = Math.max(startOffset, highestStartOffset);
    }

    /** Kafka compacts a part: whole runs of records go, and some of the others. */
    void compact(long from, long to) {
        boolean all = random.nextBoolean();
        kept.subMap(from, true, to, false).keySet().removeIf(offset -> all || random.nextInt(2) == 0);
    }

    /**
     * What a fetch answers.
     *
     * @param divergent where the log parts from what the client has; null if the epoch is right or was not given
     * @param inLog whether the position is in the log
     */
    record Fetched(
            OffsetAndMetadata divergent,
            boolean inLog,
            List<ConsumerRecord<byte[], byte[]>> records,
            OffsetAndMetadata next) {}

    /** Answers a fetch of a client that validates its position first. */
    Fetched fetch(OffsetAndMetadata position, int most) {
        OffsetAndMetadata divergent = position.leaderEpoch().map(this::endOf).orElse(null);
        if (divergent != null && divergent.offset() < position.offset()) {
            return new Fetched(divergent, true, List.of(), position);
        }
        if (position.offset() < startOffset || position.offset() > endOffset) {
            return new Fetched(null, false, List.of(), position);
        }
        // batches without a record are gone, so an answer ends behind the first record at least
        Long first = kept.ceilingKey(position.offset());
        long least = first == null ? endOffset : first + 1;
        long end = Math.min(endOffset, Math.max(least, position.offset() + random.nextInt(1, most)));
        return new Fetched(
                null,
                true,
                new ArrayList<>(kept.subMap(position.offset(), true, end, false).values()),
                new OffsetAndMetadata(
                        end, end > position.offset() ? Optional.of(epochOf(end - 1)) : Optional.empty(), ""));
    }

    private int epochOf(long offset) {
        return epochs.entrySet().stream()
                .filter(start -> start.getValue() <= offset)
                .mapToInt(Map.Entry::getKey)
                .max()
                .orElse(-1);
    }

    /** Where the largest epoch that is not larger than this one ends. */
    private OffsetAndMetadata endOf(int asked) {
        Map.Entry<Integer, Long> higher = epochs.higherEntry(asked);
        Integer floor = epochs.floorKey(asked);
        long end = higher == null ? endOffset : higher.getValue();
        return new OffsetAndMetadata(end, Optional.of(floor == null ? asked : floor), "");
    }
}
