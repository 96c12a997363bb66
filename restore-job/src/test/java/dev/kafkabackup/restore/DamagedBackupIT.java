// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One flipped bit in a segment, against a real broker. */
class DamagedBackupIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    private static final long RECORDS = 1_000;
    private static final OffsetRange DAMAGED = new OffsetRange(RECORDS, 2 * RECORDS);

    @TempDir
    Path folder;

    private final TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
    private BackupFixture backup;
    private Path damaged;

    @BeforeEach
    void backUp() throws IOException {
        backup = new BackupFixture(folder);
        backup.metadata(orders, 1, Map.of(), Instant.EPOCH);
        List<SegmentName> names = new ArrayList<>();
        for (long start = 0; start < 3 * RECORDS; start += RECORDS) {
            List<SegmentRecord> records = LongStream.range(start, start + RECORDS)
                    .mapToObj(offset -> BackupFixture.record(offset, 1_700_000_000_000L + offset))
                    .toList();
            names.add(backup.segment(orders.partition(0), start, start + RECORDS, records));
        }
        damaged = folder.resolve(BackupLayout.segment(orders.partition(0), names.get(1)));
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @ParameterizedTest
    @EnumSource
    void nothingBehindTheDamageIsProducedAndTheMessageNamesObjectAndOffsets(Place place) throws Exception {
        Path object = place.flip(damaged);
        String id = "stop-" + place.name().toLowerCase(Locale.ROOT).replace('_', '-');

        Throwable failure = catchThrowable(() -> restore(id, OnCorrupt.STOP));

        assertThat(failure).isNotNull();
        assertThat(ExceptionUtils.stringifyException(failure))
                .contains(object.getFileName().toString())
                .contains("offsets " + DAMAGED);
        List<Long> produced = readBack(id);
        assertThat(produced)
                .as("the beginning of the partition")
                .isEqualTo(LongStream.range(0, produced.size()).boxed().toList());
        assertThat(produced.size()).isLessThanOrEqualTo((int) RECORDS);
    }

    @ParameterizedTest
    @EnumSource
    void theRestIsRestoredIfDamageIsSkippedAndTheReportNamesObjectAndOffsets(Place place) throws Exception {
        Path object = place.flip(damaged);
        String id = "skip-" + place.name().toLowerCase(Locale.ROOT).replace('_', '-');

        RestoreReport report = restore(id, OnCorrupt.SKIP);

        assertThat(readBack(id))
                .isEqualTo(Stream.concat(
                                LongStream.range(0, RECORDS).boxed(),
                                LongStream.range(2 * RECORDS, 3 * RECORDS).boxed())
                        .toList());
        assertThat(report.records()).isEqualTo(2 * RECORDS);
        assertThat(report.skipped()).singleElement().satisfies(damage -> {
            assertThat(damage.object()).endsWith(object.getFileName().toString());
            assertThat(damage.offsets()).isEqualTo(DAMAGED);
        });
        assertThat(report.skipped()).extracting(Damage::topicId).containsOnly(orders.id());
    }

    private RestoreReport restore(String id, OnCorrupt onCorrupt) throws Exception {
        RestoreConfig config = new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), Map.of()),
                id,
                1,
                Duration.ofMillis(100));
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan =
                    restore.prepare(restore.plan(List.of(RestoreSelection.of(orders.name(), id)), onCorrupt));
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            restore.build(environment, plan);
            environment.execute();
            return restore.finish(plan, Instant.now());
        }
    }

    /** Source offsets of what is in the target; it is not there if nothing was produced. */
    private static List<Long> readBack(String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<Long> offsets = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            if (!consumer.listTopics().containsKey(topic)) {
                return offsets;
            }
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> {
                    long offset = Long.parseLong(new String(record.key(), StandardCharsets.UTF_8).substring(4));
                    assertThat(new String(record.value(), StandardCharsets.UTF_8))
                            .isEqualTo("value " + offset);
                    assertThat(record.timestamp()).isEqualTo(1_700_000_000_000L + offset);
                    offsets.add(offset);
                });
            }
        }
        return offsets;
    }

    /** Where the bit is. */
    enum Place {
        /** The name is no segment's any more. */
        NAME,
        /** It is still one: a segment with one record less. */
        NUMBER_IN_THE_NAME,
        PAGE_HEADER,
        PAGE_DATA,
        FOOTER;

        Path flip(Path segment) throws IOException {
            String name = segment.getFileName().toString();
            if (this == NAME) {
                return Files.move(segment, segment.resolveSibling(name.replace("_0_1700", "_0^1700")));
            }
            if (this == NUMBER_IN_THE_NAME) {
                return Files.move(segment, segment.resolveSibling(name.replace("_1700000001000_", "_1700000001001_")));
            }
            byte[] bytes = Files.readAllBytes(segment);
            // behind the four bytes of the format's name comes the header of the first page
            bytes[this == PAGE_HEADER ? 5 : this == PAGE_DATA ? bytes.length / 2 : bytes.length - 100] ^= 1;
            return Files.write(segment, bytes);
        }
    }
}
