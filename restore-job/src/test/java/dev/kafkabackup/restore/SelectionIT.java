// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Selections against a real broker: the target holds what a model says that does not know segments. */
class SelectionIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    /** The last but one has a single record, the last one has none. */
    private static final int PARTITIONS = 4;

    private static final String THE_END = "The end, on purpose";

    private static final int SELECTIONS = 5;
    private static final int SELECTIONS_IN_THE_LONG_RUN = 60;

    @TempDir
    Path folder;

    private final TopicIncarnation first = new TopicIncarnation("orders", Uuid.randomUuid());
    private final TopicIncarnation second = new TopicIncarnation("orders", Uuid.randomUuid());
    private final Map<TopicIncarnation, Map<Integer, List<SegmentRecord>>> backedUp = Map.of(
            first, new TreeMap<>(),
            second, new TreeMap<>());

    private BackupFixture backup;
    private int endedHalfway;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder);
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @Test
    void randomSelectionsGiveWhatTheModelSays() throws Exception {
        compare(Long.getLong("test.seed", new Random().nextLong()), SELECTIONS, "short");
    }

    @Test
    @Tag("long")
    void veryManyRandomSelectionsGiveWhatTheModelSays() throws Exception {
        compare(Long.getLong("test.seed", new Random().nextLong()), SELECTIONS_IN_THE_LONG_RUN, "long");
        assertThat(endedHalfway).as("jobs that ended with a part committed").isPositive();
    }

    private void compare(long seed, int selections, String name) throws Exception {
        System.out.println("Random selections with -Dtest.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        backUp(first, PARTITIONS - 1, Instant.parse("2026-01-01T00:00:00Z"), random);
        backUp(second, PARTITIONS, Instant.parse("2026-01-02T00:00:00Z"), random);
        for (int i = 0; i < selections; i++) {
            boolean all = i % 3 == 2;
            RandomSelection selection = RandomSelection.of(random, PARTITIONS - 1, !all, i);
            String target = name + "-" + i;
            List<TopicIncarnation> sources = all ? List.of(first, second) : List.of(i % 2 == 0 ? first : second);
            RestoreReport report = restore(
                    new RestoreSelection(
                            "orders",
                            target,
                            all
                                    ? IncarnationChoice.ALL
                                    : new IncarnationChoice.One(i % 2 == 0 ? first.id() : second.id()),
                            selection.partitions(),
                            selection.records()),
                    endings(i, sources, selection, random));
            assertThat(requireExact(report, target, sources, selection))
                    .as("records of %s", selection)
                    .isEqualTo(report.records());
            requireCountOfRecordsWithoutTimestamp(report, sources, selection);
        }
    }

    private void requireCountOfRecordsWithoutTimestamp(
            RestoreReport report, List<TopicIncarnation> sources, RandomSelection selection) {
        for (PartitionReport partition : report.topics().get(0).partitions()) {
            TopicIncarnation source = sources.stream()
                    .filter(each -> each.id().equals(partition.topicId()))
                    .findFirst()
                    .orElseThrow();
            Map<Boolean, Long> without = backedUp.get(source).getOrDefault(partition.partition(), List.of()).stream()
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

    /** The jobs end in the middle, with all of their state. */
    @Test
    void recordsThatNoTimeRangeSelectsAreCountedOnce() throws Exception {
        List<SegmentRecord> mixed = LongStream.range(0, 600)
                .mapToObj(offset -> BackupFixture.record(offset, offset % 3 == 0 ? -1 : offset))
                .toList();
        for (int start = 0; start < mixed.size(); start += 100) {
            backup.segment(first.partition(0), start, start + 100, mixed.subList(start, start + 100));
        }
        List<SegmentRecord> none = LongStream.range(0, 70)
                .mapToObj(offset -> BackupFixture.record(offset, -1))
                .toList();
        backup.segment(first.partition(1), 0, 70, none);
        backup.metadata(first, 2, Map.of(), Instant.EPOCH);

        RestoreReport ofTimes = restore(
                new RestoreSelection(
                        "orders",
                        "of-times",
                        IncarnationChoice.NEWEST,
                        Set.of(),
                        RecordSelection.of(TimeRange.from(0))),
                List.of(150, 200));
        RestoreReport everything = restore(RestoreSelection.of("orders", "everything"), List.of(300));

        assertThat(ofTimes.records()).isEqualTo(400);
        assertThat(ofTimes.topics().get(0).partitions())
                .extracting(PartitionReport::withoutTimestampLeftOut, PartitionReport::withoutTimestampRestored)
                .containsExactly(tuple(200L, 0L), tuple(70L, 0L));
        assertThat(everything.records()).isEqualTo(670);
        assertThat(everything.topics().get(0).partitions())
                .extracting(PartitionReport::withoutTimestampLeftOut, PartitionReport::withoutTimestampRestored)
                .containsExactly(tuple(0L, 200L), tuple(0L, 70L));
        assertThat(endedHalfway).as("jobs that ended with a part committed").isPositive();
    }

    /** After how many of the wanted records the job ends in the middle and all of its state is lost. */
    private List<Integer> endings(
            int number, List<TopicIncarnation> sources, RandomSelection selection, SplittableRandom random) {
        int wanted = sources.stream()
                .flatMap(source -> backedUp.get(source).entrySet().stream())
                .mapToInt(partition -> Math.toIntExact(partition.getValue().stream()
                        .filter(record -> selection.wants(partition.getKey(), record))
                        .count()))
                .sum();
        return number % 2 == 0 || wanted < 2 ? List.of() : List.of(1 + random.nextInt(wanted), wanted / 2);
    }

    @Test
    void segmentsThatAreMergedWhileTheyAreReadAreReadWhereTheirRecordsAreNow() throws Exception {
        TopicIdPartition partition = first.partition(0);
        List<SegmentRecord> all = new ArrayList<>();
        List<SegmentName> small = new ArrayList<>();
        for (int segment = 0; segment < 60; segment++) {
            List<SegmentRecord> records = new ArrayList<>();
            for (long offset = segment * 1_000L; offset < (segment + 1) * 1_000L; offset++) {
                records.add(BackupFixture.record(offset, offset));
            }
            all.addAll(records);
            small.add(backup.segment(partition, segment * 1_000L, (segment + 1) * 1_000L, records));
        }
        backup.metadata(first, 1, Map.of(), Instant.EPOCH);
        backedUp.get(first).put(0, all);
        HoldStore holds = new HoldStore(backup.storage());
        RecordHook.at(500, () -> {
            assertThat(holds.active(first, Instant.now()))
                    .as("what retention may not touch")
                    .isNotEmpty();
            backup.segment(partition, 0, 60_000, all);
            for (SegmentName name : small) {
                backup.storage().delete(BackupLayout.segment(partition, name));
            }
        });

        RestoreReport report = restore(RestoreSelection.of("orders", "merged"), List.of());

        assertThat(RecordHook.wasCalled()).as("merged while it was read").isTrue();
        assertThat(RecordHook.passed())
                .as("records, without a restart of the job")
                .isEqualTo(60_000);
        assertThat(holds.all("orders")).isEmpty();
        assertThat(requireExact(report, "merged", List.of(first), RandomSelection.everything()))
                .isEqualTo(60_000);
    }

    /**
     * Segments of very few records, timestamps in no order, equal ones, none, and holes; the same text as key and
     * header comes again and again.
     */
    private void backUp(TopicIncarnation topic, int partitions, Instant createdAt, SplittableRandom random)
            throws IOException {
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
            backedUp.get(topic).put(partition, all);
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

    private RestoreReport restore(RestoreSelection selection, List<Integer> endings) throws Exception {
        RestoreConfig config = new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                selection.target(),
                2,
                Duration.ofMillis(endings.isEmpty() ? 100 : 10),
                // slow enough that a part is committed when it ends in the middle
                new ProduceSettings(Delivery.EXACTLY_ONCE, endings.isEmpty() ? null : 15_000L));
        for (int records : endings) {
            RecordHook.at(records, () -> {
                throw new SuppressRestartsException(new IllegalStateException(THE_END));
            });
            try (Restore restore = Restore.open(config)) {
                execute(restore, config, beginOrGoOn(restore, selection));
            } catch (JobExecutionException e) {
                assertThat(e).hasStackTraceContaining(THE_END);
            }
            RecordHook.at(Integer.MAX_VALUE, () -> {});
        }
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = beginOrGoOn(restore, selection);
            execute(restore, config, plan);
            return restore.finish(plan, Instant.now());
        }
    }

    private RestorePlan beginOrGoOn(Restore restore, RestoreSelection selection) {
        Optional<RestorePlan> begun = restore.begun();
        if (begun.isEmpty()) {
            return restore.prepare(restore.plan(List.of(selection)));
        }
        Progress progress = restore.resume(begun.get());
        System.out.println("Goes on behind " + progress);
        endedHalfway += progress.records() > 0 && !progress.complete() ? 1 : 0;
        return begun.get();
    }

    private static void execute(Restore restore, RestoreConfig config, RestorePlan plan) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        RestoreJob.configure(environment, config, plan);
        RestoreJob.sink(
                RestoreJob.source(environment, config, restore.attempt())
                        .map(new RecordHook())
                        .returns(RestoreRecordType.INSTANCE)
                        .name("hook")
                        .uid("hook"),
                config,
                restore.attempt());
        environment.execute();
    }

    /** Compares target, map and report with the model; returns the number of records. */
    private long requireExact(
            RestoreReport report, String target, List<TopicIncarnation> sources, RandomSelection selection)
            throws IOException {
        OffsetMap map = new OffsetMapStore(backup.storage(), BackupLayout.restore(report.restoreId())).read();
        long records = 0;
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<ConsumerRecord<byte[], byte[]>> restored = readBack(new TopicPartition(target, partition));
            int next = 0;
            for (TopicIncarnation source : sources) {
                for (SegmentRecord record : backedUp.get(source).getOrDefault(partition, List.of())) {
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

    private static List<ConsumerRecord<byte[], byte[]>> readBack(TopicPartition partition) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "isolation.level", "read_committed"),
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
