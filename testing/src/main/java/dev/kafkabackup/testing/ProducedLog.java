// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * What was produced, by the word of the producer: the truth that a backup and a restore are measured against.
 *
 * <p>It holds every record whose commit was acknowledged, under the offset from the acknowledgement, and apart from
 * these the records <em>in doubt</em>: sent, and never answered. One in doubt may be in Kafka or not; its offset is
 * unknown.
 *
 * <p>Thread safe.
 */
public final class ProducedLog {

    private final Map<TopicIdPartition, NavigableMap<Long, ProducedRecord>> committed = new ConcurrentHashMap<>();
    private final Map<TopicIdPartition, List<ProducedRecord>> inDoubt = new ConcurrentHashMap<>();

    /** Adds a record whose commit was acknowledged. */
    public void add(TopicIdPartition partition, ProducedRecord record) {
        ProducedRecord before = committed
                .computeIfAbsent(partition, any -> new ConcurrentSkipListMap<>())
                .putIfAbsent(record.offset(), record);
        if (before != null) {
            throw new IllegalStateException(
                    "Two records of %s were acknowledged at offset %d".formatted(partition, record.offset()));
        }
    }

    /** Adds a record whose fate is unknown. */
    public void addInDoubt(TopicIdPartition partition, ProducedRecord record) {
        inDoubt.computeIfAbsent(partition, any -> new CopyOnWriteArrayList<>())
                .add(record.at(ProducedRecord.UNKNOWN_OFFSET));
    }

    /** The partitions of the incarnation that have records here, committed or in doubt. */
    public NavigableSet<Integer> partitions(Uuid topicId) {
        NavigableSet<Integer> partitions = new TreeSet<>();
        for (Map<TopicIdPartition, ?> records : List.of(committed, inDoubt)) {
            records.keySet().stream()
                    .filter(partition -> partition.topicId().equals(topicId))
                    .forEach(partition -> partitions.add(partition.partition()));
        }
        return partitions;
    }

    /** The committed records of the partition by offset: a view that grows while producing goes on. */
    public NavigableMap<Long, ProducedRecord> records(TopicIdPartition partition) {
        return Collections.unmodifiableNavigableMap(committed.getOrDefault(partition, Collections.emptyNavigableMap()));
    }

    /** The records of the partition whose fate is unknown, in the order in which they were given up. */
    public List<ProducedRecord> inDoubt(TopicIdPartition partition) {
        return List.copyOf(inDoubt.getOrDefault(partition, List.of()));
    }

    /** How many records are known to be committed, over all partitions. */
    public long recordCount() {
        return committed.values().stream().mapToLong(Map::size).sum();
    }

    /** A log of those records, committed and in doubt, that meet the condition. */
    public ProducedLog select(BiPredicate<TopicIdPartition, ProducedRecord> condition) {
        ProducedLog selected = new ProducedLog();
        committed.forEach((partition, records) -> records.values().stream()
                .filter(record -> condition.test(partition, record))
                .forEach(record -> selected.add(partition, record)));
        inDoubt.forEach((partition, records) -> records.stream()
                .filter(record -> condition.test(partition, record))
                .forEach(record -> selected.addInDoubt(partition, record)));
        return selected;
    }

    /** Writes the whole log to a file, for another process or for a look after a failure. */
    public void writeTo(Path file) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 20))) {
            for (Map.Entry<TopicIdPartition, NavigableMap<Long, ProducedRecord>> entry : committed.entrySet()) {
                for (ProducedRecord record : entry.getValue().values()) {
                    ProducedRecordFile.write(out, entry.getKey(), record);
                }
            }
            for (Map.Entry<TopicIdPartition, List<ProducedRecord>> entry : inDoubt.entrySet()) {
                for (ProducedRecord record : entry.getValue()) {
                    ProducedRecordFile.write(out, entry.getKey(), record);
                }
            }
        }
    }

    /** Reads what {@link #writeTo} wrote. */
    public static ProducedLog readFrom(Path file) throws IOException {
        ProducedLog log = new ProducedLog();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            while (ProducedRecordFile.hasNext(in)) {
                TopicIdPartition partition = ProducedRecordFile.readPartition(in);
                ProducedRecord record = ProducedRecordFile.readRecord(in);
                if (record.offset() == ProducedRecord.UNKNOWN_OFFSET) {
                    log.addInDoubt(partition, record);
                } else {
                    log.add(partition, record);
                }
            }
        }
        return log;
    }
}
