// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Judges a restored topic, as a consumer reads it, and the offset map that came with it, by what was produced to the
 * source.
 *
 * <p>What is expected is the part of the {@link ProducedLog} that was selected for the restore, of one incarnation. The
 * target topic is expected to hold nothing else.
 */
public final class TargetJudge {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String bootstrapServers;

    /** @param bootstrapServers of the cluster that was restored to */
    public TargetJudge(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Every partition of the target holds the expected records of the source's partition of the same number, in the
     * same order, with the same key, value, headers and timestamp, and nothing else. A timestamp of -1 has become 0.
     */
    public void assertHolds(ProducedLog expected, String topic, Uuid topicId, String target) {
        Differences differences = new Differences("Topic %s, restored from %s (%s)".formatted(target, topic, topicId));
        NavigableMap<Integer, NavigableMap<Long, ProducedRecord>> held = read(target);
        expected.partitions(topicId).stream()
                .filter(partition -> !held.containsKey(partition))
                .forEach(partition -> differences.add("partition " + partition + " does not exist"));
        held.forEach((partition, records) -> {
            Iterator<ProducedRecord> produced = expected.records(new TopicIdPartition(topicId, partition, topic))
                    .values()
                    .iterator();
            for (ProducedRecord found : records.values()) {
                String where = "partition " + partition + ", target offset " + found.offset();
                if (!produced.hasNext()) {
                    differences.add(where + ": was not expected");
                } else {
                    ProducedRecord source = produced.next();
                    difference(source, found)
                            .ifPresent(difference ->
                                    differences.add(where + ", source offset " + source.offset() + ": " + difference));
                }
            }
            produced.forEachRemaining(
                    source -> differences.add("partition %d, source offset %d: was produced, but is missing"
                            .formatted(partition, source.offset())));
        });
        differences.assertNone();
    }

    /**
     * The offset map leads every expected record, once, to the record in the target that has its content; it has no
     * other entry for this incarnation and target.
     *
     * @param folder where the map's Parquet files are
     */
    public void assertOffsetMapLeads(Path folder, ProducedLog expected, String topic, Uuid topicId, String target) {
        Differences differences =
                new Differences("Offset map in %s from %s (%s) to %s".formatted(folder, topic, topicId, target));
        NavigableMap<Integer, NavigableMap<Long, ProducedRecord>> held = read(target);
        Map<Integer, Map<Long, TargetOffset>> mapped = new TreeMap<>();
        Map<TargetOffset, String> sources = new TreeMap<>(TargetOffset.ORDER);
        OffsetMapFolder.read(folder, topic, topicId, target, entry -> {
            String source = "partition " + entry.sourcePartition() + ", source offset " + entry.sourceOffset();
            TargetOffset before = mapped.computeIfAbsent(entry.sourcePartition(), any -> new TreeMap<>())
                    .putIfAbsent(entry.sourceOffset(), entry.target());
            if (before != null) {
                differences.add(source + ": has two entries, " + before + " and " + entry.target());
            }
            String other = sources.putIfAbsent(entry.target(), source);
            if (other != null) {
                differences.add(source + ": leads to " + entry.target() + ", and so does " + other);
            }
            if (!expected.records(new TopicIdPartition(topicId, entry.sourcePartition(), topic))
                    .containsKey(entry.sourceOffset())) {
                differences.add(source + ": has an entry, but no record was expected there");
            }
        });
        for (int partition : expected.partitions(topicId)) {
            Map<Long, TargetOffset> entries = mapped.getOrDefault(partition, Map.of());
            expected.records(new TopicIdPartition(topicId, partition, topic)).forEach((offset, source) -> {
                String where = "partition " + partition + ", source offset " + offset;
                TargetOffset leadsTo = entries.get(offset);
                ProducedRecord found = leadsTo == null
                        ? null
                        : held.getOrDefault(leadsTo.partition(), new TreeMap<>())
                                .get(leadsTo.offset());
                if (leadsTo == null) {
                    differences.add(where + ": has no entry");
                } else if (found == null) {
                    differences.add(where + ": leads to " + leadsTo + ", where no record is");
                } else {
                    difference(source, found)
                            .ifPresent(difference -> differences.add(where + " at " + leadsTo + ": " + difference));
                }
            });
        }
        differences.assertNone();
    }

    /** All that a consumer gets to see of the topic, by partition and offset. */
    public NavigableMap<Integer, NavigableMap<Long, ProducedRecord>> read(String topic) {
        NavigableMap<Integer, NavigableMap<Long, ProducedRecord>> records = new TreeMap<>();
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            partitions.forEach(partition -> records.put(partition.partition(), new TreeMap<>()));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<Map.Entry<TopicPartition, Long>> ends =
                    new ArrayList<>(consumer.endOffsets(partitions).entrySet());
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(
                            "Topic " + topic + " could not be read to its end within " + PATIENCE);
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    records.computeIfAbsent(record.partition(), any -> new TreeMap<>())
                            .put(record.offset(), asProduced(record));
                }
            }
        }
        return records;
    }

    private static Optional<String> difference(ProducedRecord source, ProducedRecord found) {
        if (Math.max(0, source.timestamp()) != found.timestamp()) {
            return Optional.of(
                    "timestamp was produced as %d, but is %d".formatted(source.timestamp(), found.timestamp()));
        }
        return RecordComparison.contentDifference(source, found);
    }

    private static ProducedRecord asProduced(ConsumerRecord<byte[], byte[]> record) {
        return new ProducedRecord(
                record.offset(),
                record.timestamp(),
                record.timestampType(),
                record.key(),
                record.value(),
                List.of(record.headers().toArray()));
    }
}
