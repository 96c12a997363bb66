// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.compare.Difference;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The target is filled by hand here, as the restore would do it or nearly so. */
class RestoredTopicsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final TopicIncarnation ORDERS =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final byte[] EMPTY = {};
    private static final Header A = new RecordHeader("a", new byte[] {1});
    private static final Header B = new RecordHeader("b", EMPTY);

    /** Source offsets 10 to 14. */
    private static final List<SegmentRecord> BACKED_UP = List.of(
            record(10, 1_000, bytes("key"), bytes("value")),
            record(11, 500, null, EMPTY),
            record(12, 2_000, bytes("key"), bytes("value"), A, B),
            record(13, -1, EMPTY, null),
            record(14, 2_000, bytes("last"), bytes("last")));

    @TempDir
    Path folder;

    private BackupFixture backup;
    private RestoreConfig config;
    private TopicPartition target;
    private RestorePlan plan;
    private final ComparisonProgress progress = new ComparisonProgress();

    @BeforeEach
    void prepare() throws Exception {
        backup = new BackupFixture(folder);
        backup.segment(ORDERS.partition(0), 10, 20, BACKED_UP);
        backup.metadata(ORDERS, 2, Map.of(), Instant.EPOCH);
        String name = "target-" + Uuid.randomUuid();
        target = new TopicPartition(name, 0);
        KafkaConnection kafka = new KafkaConnection(BROKER.bootstrapServers(), Map.of());
        config = new RestoreConfig(backup.location(), kafka, "x", 1, Duration.ofSeconds(1));
        try (Restore restore = Restore.open(config)) {
            plan = restore.prepare(restore.plan(List.of(RestoreSelection.of("orders", name))));
        }
    }

    @AfterEach
    void close() {
        backup.close();
    }

    /** A change to what the restore would have produced, and what is said of it; nothing if it is all right. */
    enum Change {
        NONE(records -> {}, ""),
        RECORDS_BEHIND(records -> records.add(produced(record(15, 0, null, EMPTY))), ""),
        KEY(
                records -> records.set(0, produced(record(10, 1_000, bytes("Key"), bytes("value")))),
                "target offset 0, source offset 10: different are: key"),
        NULL_FOR_EMPTY(
                records -> records.set(1, produced(record(11, 500, null, null))),
                "target offset 1, source offset 11: different are: value"),
        ORDER_OF_HEADERS(
                records -> records.set(2, produced(record(12, 2_000, bytes("key"), bytes("value"), B, A))),
                "target offset 2, source offset 12: different are: headers"),
        TIMESTAMP_AND_VALUE(
                records -> records.set(3, produced(record(13, 1, EMPTY, EMPTY))),
                "target offset 3, source offset 13: different are: value, timestamp"),
        ONE_TWICE(
                records -> records.add(1, records.get(0)),
                "target offset 1, source offset 11: different are: key, value, timestamp"),
        FIRST_MISSING(
                records -> records.remove(0),
                "target offset 0, source offset 10: different are: key, value, timestamp"),
        LAST_MISSING(records -> records.remove(4), "source offset 14: the record is not in the target");

        @SuppressWarnings("ImmutableEnumChecker") // all of them are without state
        private final Consumer<List<ProducerRecord<byte[], byte[]>>> change;

        private final String difference;

        Change(Consumer<List<ProducerRecord<byte[], byte[]>>> change, String difference) {
            this.change = change;
            this.difference = difference;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirstDifferenceIsNamed(Change change) throws Exception {
        produce(change);
        writeMap(new OffsetMapRun(ORDERS.partition(0), 10, target, 0, 5));
        writeReport();

        List<ComparedPartition> compared = compare();

        assertThat(compared)
                .extracting(partition -> partition.partition().target())
                .first()
                .isEqualTo(target);
        assertThat(compared.get(1)).satisfies(empty -> {
            assertThat(empty.complete()).isTrue();
            assertThat(empty.difference()).isEmpty();
        });
        assertThat(compared.get(0).difference().map(RestoredTopicsIT::shortened).orElse(""))
                .isEqualTo(change.difference);
        assertThat(compared.get(0).complete()).isEqualTo(change.difference.isEmpty());
        if (change.difference.isEmpty()) {
            assertThat(compared.get(0).records()).isEqualTo(5);
            assertThat(progress.records()).isEqualTo(5);
            assertThat(progress.recordsAtMost()).isEqualTo(5);
        }
    }

    /** Without what is the same in all of them. */
    private static String shortened(Difference difference) {
        String text = difference.toString();
        assertThat(text).startsWith("partition 0 of target-");
        return text.substring(text.indexOf(", ") + 2)
                .replace(" of orders (MWJ6FHTfRYy67jzwZdeqSQ)", "")
                .replace("the record is not the one of the backup, ", "");
    }

    @Test
    void anOffsetMapThatLeadsElsewhereOrLacksARecordOrHasOneTooManyIsADifference() throws Exception {
        produce(Change.RECORDS_BEHIND);
        OffsetMapRun right = new OffsetMapRun(ORDERS.partition(0), 10, target, 0, 5);
        writeMap(right);
        writeReport();
        assertThat(compare().get(0).difference()).isEmpty();

        writeMap(new OffsetMapRun(ORDERS.partition(0), 10, target, 1, 5));
        assertThat(compare().get(0).difference())
                .hasValueSatisfying(difference -> assertThat(difference.toString())
                        .endsWith("target offset 0, source offset 10 of " + ORDERS
                                + ": the offset map leads to target offset 1"));
        writeMap(new OffsetMapRun(ORDERS.partition(0), 10, target, 0, 4));
        assertThat(compare().get(0).difference())
                .hasValueSatisfying(difference -> assertThat(difference.toString())
                        .endsWith("target offset 4, source offset 14 of " + ORDERS
                                + ": the offset map has no entry for the record"));
        writeMap(new OffsetMapRun(ORDERS.partition(0), 10, target, 0, 6));
        assertThat(compare().get(0).difference())
                .hasValueSatisfying(difference -> assertThat(difference.toString())
                        .endsWith("of " + target.topic()
                                + ": the offset map has 6 entries, but there are 5 restored records"));
    }

    @Test
    void onlyAFinishedRestoreIsVerified() {
        assertThatThrownBy(this::compare)
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "Restore x in %s has not finished (it has no report): start it again with --restore-id x, then verify it",
                        backup.storage().root());
        assertThatThrownBy(() ->
                        new RestoredTopics(config.storage(), config.kafka(), 1).compare("y", new ComparisonProgress()))
                .isInstanceOf(FailedException.class)
                .hasMessage(
                        "There is no restore y in %s: check --restore-id",
                        backup.storage().root());
    }

    private List<ComparedPartition> compare() throws Exception {
        return new RestoredTopics(config.storage(), config.kafka(), 2).compare("x", progress);
    }

    private void writeMap(OffsetMapRun run) throws Exception {
        new OffsetMapStore(backup.storage(), BackupLayout.restore("x")).write(List.of(run));
    }

    private void writeReport() {
        try (Restore restore = Restore.open(config)) {
            restore.finish(plan, Instant.EPOCH);
        }
    }

    private void produce(Change change) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        BACKED_UP.forEach(record -> records.add(produced(record)));
        change.change.accept(records);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(new ProducerRecord<>(
                                target.topic(),
                                target.partition(),
                                record.timestamp(),
                                record.key(),
                                record.value(),
                                record.headers()))
                        .get();
            }
        }
    }

    private static ProducerRecord<byte[], byte[]> produced(SegmentRecord record) {
        return new ProducerRecord<>(
                "any", 0, Math.max(0, record.timestamp()), record.key(), record.value(), record.headers());
    }

    private static SegmentRecord record(long offset, long timestamp, byte[] key, byte[] value, Header... headers) {
        return new SegmentRecord(
                offset,
                timestamp,
                timestamp < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                0,
                key,
                value,
                new RecordHeaders(headers));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
