// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What was backed up, record by record: knows what a selection gives without knowing any segment. */
final class SelectionModel {

    /** The last but one of a random incarnation has a single record, the last one has none. */
    static final int PARTITIONS = 4;

    private final BackupFixture backup;
    private final String bootstrapServers;
    private final Map<TopicIncarnation, Map<Integer, List<SegmentRecord>>> backedUp = new HashMap<>();

    /** @param bootstrapServers of the cluster that is restored into */
    SelectionModel(BackupFixture backup, String bootstrapServers) {
        this.backup = backup;
        this.bootstrapServers = bootstrapServers;
    }

    /** These are in the backup. */
    void has(TopicIncarnation topic, int partition, List<SegmentRecord> records) {
        backedUp.computeIfAbsent(topic, any -> new TreeMap<>()).put(partition, List.copyOf(records));
    }

    private List<SegmentRecord> records(TopicIncarnation topic, int partition) {
        return backedUp.getOrDefault(topic, Map.of()).getOrDefault(partition, List.of());
    }

    /** How many records a selection gives. */
    int wanted(List<TopicIncarnation> sources, RandomSelection selection) {
        return sources.stream()
                .flatMap(source -> backedUp.getOrDefault(source, Map.of()).entrySet().stream())
                .mapToInt(partition -> Math.toIntExact(partition.getValue().stream()
                        .filter(record -> selection.wants(partition.getKey(), record))
                        .count()))
                .sum();
    }

    /**
     * Segments of very few records, timestamps in no order, equal ones, none, and holes; the same text as key and
     * header comes again and again.
     */
    void backUp(TopicIncarnation topic, int partitions, Instant createdAt, SplittableRandom random) throws IOException {
        for (int partition = 0; partition < partitions - 1; partition++) {
            boolean single = partition == partitions - 2;
            List<SegmentRecord> all = new ArrayList<>();
            long start = random.nextInt(50);
            long offset = start;
            List<SegmentRecord> open = new ArrayList<>();
            int count = single ? 1 : 200 + random.nextInt(200);
            while (all.size() < count) {
                offset += random.nextInt(5) == 0 ? random.nextInt(20) : 0;
                SegmentRecord record = record(offset++, random);
                all.add(record);
                open.add(record);
                if (random.nextInt(15) == 0 || all.size() == count) {
                    long end = offset + random.nextInt(3);
                    backup.segment(topic.partition(partition), start, end, open);
                    offset = end;
                    start = end;
                    open.clear();
                }
            }
            has(topic, partition, all);
        }
        backup.metadata(topic, partitions, Map.of(), createdAt);
    }

    private static SegmentRecord record(long offset, SplittableRandom random) {
        long timestamp = random.nextInt(20) == 0 ? -1 : random.nextInt(RandomSelection.TIMES);
        RecordHeaders headers = new RecordHeaders();
        for (int i = random.nextInt(3); i > 0; i--) {
            headers.add("source", RandomSelection.text(random));
        }
        return new SegmentRecord(
                offset,
                timestamp,
                timestamp < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                0,
                random.nextInt(10) == 0 ? null : RandomSelection.text(random),
                ("value " + random.nextLong()).getBytes(StandardCharsets.UTF_8),
                headers);
    }

    void requireCountOfRecordsWithoutTimestamp(
            RestoreReport report, List<TopicIncarnation> sources, RandomSelection selection) {
        for (PartitionReport partition : report.topics().get(0).partitions()) {
            TopicIncarnation source = sources.stream()
                    .filter(each -> each.id().equals(partition.topicId()))
                    .findFirst()
                    .orElseThrow();
            Map<Boolean, Long> without = records(source, partition.partition()).stream()
                    .filter(record -> record.timestamp() < 0)
                    .collect(Collectors.partitioningBy(
                            record -> selection.wants(partition.partition(), record), Collectors.counting()));
            assertThat(partition.withoutTimestampRestored())
                    .as("restored without a timestamp: %s", selection)
                    .isEqualTo(without.get(true));
            assertThat(partition.withoutTimestampLeftOut())
                    .as("left out without a timestamp: %s", selection)
                    .isBetween(0L, without.get(false));
        }
    }

    /** Compares target, map and report with the model; returns the number of records. */
    long requireExact(RestoreReport report, String target, List<TopicIncarnation> sources, RandomSelection selection)
            throws IOException {
        OffsetMap map = new OffsetMapStore(backup.storage(), BackupLayout.restore(report.restoreId())).read();
        long records = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<ConsumerRecord<byte[], byte[]>> restored = readBack(new TopicPartition(target, partition));
            int next = 0;
            for (TopicIncarnation source : sources) {
                for (SegmentRecord record : records(source, partition)) {
                    if (!selection.wants(partition, record)) {
                        assertThat(map.target(source.partition(partition), record.offset()))
                                .as("map of %s, which %s leaves out", record, selection)
                                .isEmpty();
                        continue;
                    }
                    assertThat(restored)
                            .as("partition %d with %s", partition, selection)
                            .hasSizeGreaterThan(next);
                    requireSame(record, restored.get(next));
                    assertThat(map.target(source.partition(partition), record.offset()))
                            .hasValue(restored.get(next).offset());
                    next++;
                }
            }
            assertThat(restored)
                    .as("partition %d with %s", partition, selection)
                    .hasSize(next);
            records += next;
        }
        assertThat(map.records()).isEqualTo(records);
        return records;
    }

    private static void requireSame(SegmentRecord expected, ConsumerRecord<byte[], byte[]> restored) {
        assertThat(restored.value()).isEqualTo(expected.value());
        assertThat(restored.key()).isEqualTo(expected.key());
        assertThat(restored.headers()).isEqualTo(expected.headers());
        assertThat(restored.timestamp()).isEqualTo(Math.max(0, expected.timestamp()));
    }

    private List<ConsumerRecord<byte[], byte[]>> readBack(TopicPartition partition) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            if (consumer.partitionsFor(partition.topic()).size() <= partition.partition()) {
                return records;
            }
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
            }
        }
        return records;
    }
}
