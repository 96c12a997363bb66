// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Shows that the judge is satisfied with a true restore and its offset map, and with no other. */
@Timeout(120)
class TargetJudgeIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int PARTITIONS = 2;

    private final ProducedLog produced = new ProducedLog();
    private final TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
    private final List<String> runs = new ArrayList<>();
    private String source = "";
    private String target = "";
    private Uuid sourceId = Uuid.ZERO_UUID;

    @TempDir
    private Path folder;

    @BeforeEach
    void produce(TestInfo test) {
        source = "source." + test.getTestMethod().orElseThrow().getName();
        target = "target." + test.getTestMethod().orElseThrow().getName();
        sourceId = BROKER.createTopic(source, PARTITIONS);
        BROKER.createTopic(target, PARTITIONS);
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer =
                RecordingProducer.transactional(BROKER.bootstrapServers(), produced, source)) {
            for (int transaction = 0; transaction < 6; transaction++) {
                producer.beginTransaction();
                for (int i = 0; i < 20; i++) {
                    producer.send(records.next(source, i % PARTITIONS));
                }
                if (transaction % 3 == 1) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
    }

    @Test
    void aTrueRestoreWithItsMapPasses() throws Exception {
        restore(sourceRecords());
        writeMap();

        judge.assertHolds(produced, source, sourceId, target);
        judge.assertOffsetMapLeads(folder, produced, source, sourceId, target);
    }

    @Test
    void aMissingRecordIsFound() {
        List<SourceRecord> records = sourceRecords();
        SourceRecord last = records.remove(records.size() - 1);
        restore(records);

        assertThatThrownBy(() -> judge.assertHolds(produced, source, sourceId, target))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("partition %d, source offset %d: was produced, but is missing"
                        .formatted(last.partition(), last.record().offset()));
    }

    @Test
    void aRecordTooManyIsFound() {
        List<SourceRecord> records = sourceRecords();
        records.add(records.get(0));
        restore(records);

        assertThatThrownBy(() -> judge.assertHolds(produced, source, sourceId, target))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("partition 0, target offset 40: was not expected");
    }

    @Test
    void anotherOrderIsFound() {
        List<SourceRecord> records = sourceRecords();
        Collections.swap(records, 10, 11);
        restore(records);

        assertThatThrownBy(() -> judge.assertHolds(produced, source, sourceId, target))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2 differences")
                .hasMessageContaining("partition 0, target offset 10");
    }

    @Test
    void anotherPartitionIsFound() {
        restore(sourceRecords().stream()
                .map(record -> new SourceRecord(1 - record.partition(), record.record()))
                .toList());

        assertThatThrownBy(() -> judge.assertHolds(produced, source, sourceId, target))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("partition 0, target offset 0");
    }

    @Test
    void aMissingEntryIsFound() throws Exception {
        restore(sourceRecords());
        runs.remove(17);
        writeMap();

        assertMapComplaint("has no entry");
    }

    @Test
    void aMapWithoutFilesIsFound() {
        restore(sourceRecords());

        assertMapComplaint("80 differences");
    }

    @Test
    void anEntryTwiceIsFound() throws Exception {
        restore(sourceRecords());
        runs.add(runs.get(17));
        writeMap();

        assertMapComplaint("has two entries");
    }

    @Test
    void anEntryForAnAbortedRecordIsFound() throws Exception {
        restore(sourceRecords());
        runs.add(run(0, 11, 0, 1000, 1));
        writeMap();

        assertMapComplaint("partition 0, source offset 11: has an entry, but no record was expected there");
    }

    @Test
    void anEntryThatLeadsToAnotherRecordIsFound() throws Exception {
        restore(sourceRecords());
        runs.set(0, run(0, 0, 0, 1, 1));
        writeMap();

        assertMapComplaint("leads to target partition 0 offset 1, and so does");
        assertMapComplaint("partition 0, source offset 0 at target partition 0 offset 1: ");
    }

    @Test
    void anEntryThatLeadsNowhereIsFound() throws Exception {
        restore(sourceRecords());
        runs.set(0, run(0, 0, 0, 5000, 1));
        writeMap();

        assertMapComplaint("leads to target partition 0 offset 5000, where no record is");
    }

    private void assertMapComplaint(String complaint) {
        assertThatThrownBy(() -> judge.assertOffsetMapLeads(folder, produced, source, sourceId, target))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(complaint);
    }

    /** Everything committed to the source, partition by partition in offset order. */
    private List<SourceRecord> sourceRecords() {
        List<SourceRecord> records = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            for (ProducedRecord record : produced.records(new TopicIdPartition(sourceId, partition, source))
                    .values()) {
                records.add(new SourceRecord(partition, record));
            }
        }
        return records;
    }

    /** Produces the records to the target and notes one run of the offset map for each. */
    private void restore(List<SourceRecord> records) {
        long[] targetOffsets = new long[PARTITIONS];
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (SourceRecord source : records) {
                ProducedRecord record = source.record();
                producer.send(new ProducerRecord<>(
                        target,
                        source.partition(),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers()));
                runs.add(run(
                        source.partition(),
                        record.offset(),
                        source.partition(),
                        targetOffsets[source.partition()]++,
                        1));
            }
        }
    }

    private String run(int sourcePartition, long sourceOffset, int targetPartition, long targetOffset, long length) {
        return "('%s', '%s', %d::int, %d::bigint, '%s', %d::int, %d::bigint, %d::bigint)"
                .formatted(
                        source, sourceId, sourcePartition, sourceOffset, target, targetPartition, targetOffset, length);
    }

    private void writeMap() throws SQLException {
        Connection connection = DuckDb.connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    copy (select * from (values %s) as map(source_topic, source_topic_id, source_partition, source_offset,
                                                           target_topic, target_partition, target_offset, length))
                    to '%s' (format parquet)
                    """.formatted(String.join(", ", runs), folder.resolve("map.parquet")));
        } finally {
            DuckDb.close(connection);
        }
    }

    private record SourceRecord(int partition, ProducedRecord record) {}
}
