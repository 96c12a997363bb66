// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Shows that a judge is satisfied with a true backup and with no other. */
@ParameterizedClass
@EnumSource
class JudgeTest {

    enum Opinion {
        DUCKDB,
        PARQUET_AVRO
    }

    private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg";
    private static final String TOPIC = "orders.eu-west-1";

    /** Has both characters in its text that are not letters or digits. */
    private static final Uuid ID = Uuid.fromString("-_JWJ6FHTfRYy67jzwZdeg");

    private static final TopicIdPartition PARTITION = new TopicIdPartition(ID, 3, TOPIC);

    @Parameter
    private Opinion opinion = Opinion.DUCKDB;

    @TempDir
    private Path root;

    private @Nullable Judge judge;

    @AfterEach
    void close() {
        if (judge != null) {
            judge.close();
        }
    }

    @Test
    void aTrueBackupPasses() throws Exception {
        write(0, 5, SampleRecords.records(0, 5));
        write(5, 12, SampleRecords.records(5, 10));
        write(12, 20, List.of());

        judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID);
        judge().assertNoOverlap(TOPIC, ID);
        judge().assertContiguous(TOPIC, ID);
        assertThat(judge().incarnations(TOPIC)).containsExactly(ID);
        assertThat(judge().visibleTemporaryFiles()).isEmpty();
    }

    @Test
    void overlappingSegmentsThatAgreePass() throws Exception {
        write(0, 6, SampleRecords.records(0, 6));
        write(4, 10, SampleRecords.records(4, 10));

        judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID);
        judge().assertContiguous(TOPIC, ID);
        assertThatThrownBy(() -> judge().assertNoOverlap(TOPIC, ID))
                .hasMessageContaining("partition 3: segments [0, 6) and [4, 10) overlap");
    }

    @Test
    void aMissingRecordIsFound() throws Exception {
        List<ProducedRecord> records = SampleRecords.records(0, 10);
        records.remove(4);
        write(0, 10, records);

        assertComplaint("partition 3, offset 4: was produced, but is missing");
    }

    @Test
    void aMissingLastRecordIsFound() throws Exception {
        write(0, 10, SampleRecords.records(0, 9));

        assertComplaint("partition 3, offset 9: was produced, but is missing");
    }

    @Test
    void aMissingPartitionIsFound() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        ProducedLog log = log(SampleRecords.records(0, 10));
        log.add(new TopicIdPartition(ID, 4, TOPIC), SampleRecords.record(0));

        assertComplaint(log, "partition 4, offset 0: was produced, but is missing");
    }

    @Test
    void anUnexpectedRecordIsFound() throws Exception {
        write(0, 11, SampleRecords.records(0, 11));

        assertComplaint("partition 3, offset 10: is in the backup, but was not produced there");
    }

    @Test
    void aRecordTwiceInOneSegmentIsFound() throws Exception {
        List<ProducedRecord> records = SampleRecords.records(0, 10);
        records.add(5, SampleRecords.record(4));
        write(0, 10, records);

        assertComplaint("has records out of offset order");
    }

    @Test
    void recordsOutOfOrderAreFound() throws Exception {
        List<ProducedRecord> records = SampleRecords.records(0, 10);
        Collections.swap(records, 4, 5);
        write(0, 10, records);

        assertComplaint("has records out of offset order");
    }

    @Test
    void aChangedByteIsFound() throws Exception {
        writeWith(
                4,
                SampleRecords.changed(
                        SampleRecords.record(4),
                        SampleRecords.bytes("key-4"),
                        SampleRecords.bytes("value-5"),
                        SampleRecords.record(4).headers()));

        assertComplaint("partition 3, offset 4: value was produced as 7 bytes (76616c75652d34),"
                + " but is 7 bytes (76616c75652d35)");
    }

    @Test
    void emptyInPlaceOfNullIsFound() throws Exception {
        ProducedRecord nulls = SampleRecords.changed(
                SampleRecords.record(4), null, null, List.of(new RecordHeader("h", (byte[]) null)));
        ProducedRecord emptyKey = SampleRecords.changed(SampleRecords.record(4), new byte[0], null, nulls.headers());
        ProducedRecord emptyValue = SampleRecords.changed(SampleRecords.record(4), null, new byte[0], nulls.headers());
        ProducedRecord emptyHeader =
                SampleRecords.changed(SampleRecords.record(4), null, null, List.of(new RecordHeader("h", new byte[0])));

        assertTellsApart(nulls, emptyKey, "key was produced as null, but is 0 bytes ()");
        assertTellsApart(nulls, emptyValue, "value was produced as null, but is 0 bytes ()");
        assertTellsApart(nulls, emptyHeader, "header 0 was produced as h=null, but is h=0 bytes ()");
        assertTellsApart(emptyKey, nulls, "key was produced as 0 bytes (), but is null");
        assertTellsApart(emptyValue, nulls, "value was produced as 0 bytes (), but is null");
        assertTellsApart(emptyHeader, nulls, "header 0 was produced as h=0 bytes (), but is h=null");
    }

    @Test
    void headersInAnotherOrderAreFound() throws Exception {
        List<Header> headers = new ArrayList<>(SampleRecords.record(4).headers());
        Collections.swap(headers, 0, 1);
        writeWith(
                4,
                SampleRecords.changed(
                        SampleRecords.record(4),
                        SampleRecords.record(4).key(),
                        SampleRecords.record(4).value(),
                        headers));

        assertComplaint("partition 3, offset 4: header 0 was produced as trace=1 bytes (04), but is trace=null");
    }

    @Test
    void aLostRepeatedHeaderIsFound() throws Exception {
        List<Header> headers = SampleRecords.record(4).headers().subList(0, 2);
        writeWith(
                4,
                SampleRecords.changed(
                        SampleRecords.record(4),
                        SampleRecords.record(4).key(),
                        SampleRecords.record(4).value(),
                        headers));

        assertComplaint("partition 3, offset 4: number of headers was produced as 3, but is 2");
    }

    @Test
    void anotherTimestampIsFound() throws Exception {
        ProducedRecord late = new ProducedRecord(
                4,
                SampleRecords.record(4).timestamp() + 1,
                TimestampType.CREATE_TIME,
                SampleRecords.record(4).key(),
                SampleRecords.record(4).value(),
                SampleRecords.record(4).headers());
        writeWith(4, late);

        assertComplaint("partition 3, offset 4: timestamp was produced as 1700000000996, but is 1700000000997");
    }

    @Test
    void anotherTimestampTypeIsFound() throws Exception {
        ProducedRecord appended = new ProducedRecord(
                4,
                SampleRecords.record(4).timestamp(),
                TimestampType.LOG_APPEND_TIME,
                SampleRecords.record(4).key(),
                SampleRecords.record(4).value(),
                SampleRecords.record(4).headers());
        writeWith(4, appended);

        assertComplaint("partition 3, offset 4: timestamp type was produced as CreateTime, but is LogAppendTime");
    }

    @Test
    void recordsWithoutTimestampAreExact() throws Exception {
        ProducedRecord record = new ProducedRecord(
                0,
                -1,
                TimestampType.NO_TIMESTAMP_TYPE,
                SampleRecords.bytes("key"),
                SampleRecords.bytes("value"),
                List.of());
        write(0, 1, List.of(record));

        judge().assertComplete(log(List.of(record)), TOPIC, ID);
    }

    @Test
    void anEarlyAndALateTimestampAreExact() throws Exception {
        List<ProducedRecord> records = new ArrayList<>();
        for (long timestamp : new long[] {0, 1, 999, 253_402_300_799_999L}) {
            records.add(
                    new ProducedRecord(records.size(), timestamp, TimestampType.CREATE_TIME, null, null, List.of()));
        }
        write(0, 4, records);

        judge().assertComplete(log(records), TOPIC, ID);
    }

    @Test
    void aNameThatIsNotTrueIsFound() throws Exception {
        Path segment = write(0, 10, SampleRecords.records(0, 10));
        String first = "_%d_".formatted(SampleRecords.record(0).timestamp());
        String last = "_%d_".formatted(SampleRecords.record(9).timestamp());

        assertWrongName(segment, "_10_", "_11_", "says record count 11, but it is 10");
        assertWrongName(segment, last, "_1699999999999_", "says smallest timestamp 1699999999999, but it is");
        assertWrongName(segment, first, "_1800000000000_", "says largest timestamp 1800000000000, but it is");
        assertWrongName(segment, "010_2_", "010_1_", "says leader epoch 1, but a record has 2");
        assertWrongName(segment, "010_2_", "009_2_", "holds offsets from 0 to 9, outside of its range");
        assertWrongName(segment, "010_2_", "011_2_", "has kafka-backup.end-offset 10 in its footer instead of 11");
        assertWrongName(segment, ".parquet", "0.parquet", "0 bytes, but has");
        assertWrongName(segment, ".parquet", ".pq", "is not the name of a segment");
    }

    @Test
    void aFooterThatIsNotTrueIsFound() throws Exception {
        backup().write(
                        0,
                        10,
                        2,
                        SampleRecords.records(0, 10),
                        Map.of("kafka-backup.topic-id", "MWJ6FHTfRYy67jzwZdeqSQ"));

        assertComplaint(
                "has kafka-backup.topic-id MWJ6FHTfRYy67jzwZdeqSQ in its footer instead of -_JWJ6FHTfRYy67jzwZdeg");
    }

    @Test
    void anObjectOfAnotherSizeThanItsNameIsNoSegment() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        Path broken = write(10, 12, SampleRecords.records(10, 12));
        Files.write(broken, new byte[10]);

        assertThat(judge().segments(TOPIC, ID).get(3)).hasSize(1);
        judge().assertRecords(log(SampleRecords.records(0, 10)), TOPIC, ID);
        assertComplaint("bytes, but has 10");
    }

    @Test
    void segmentsOfOneEpochThatDisagreeAreFound() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        List<ProducedRecord> other = SampleRecords.records(4, 5);
        other.set(0, SampleRecords.changed(SampleRecords.record(4), null, SampleRecords.bytes("other"), List.of()));
        write(4, 5, other);

        assertComplaint(" disagree: key was produced as");
    }

    @Test
    void ofSeveralEpochsTheHighestCountsFromItsStartOn() throws Exception {
        backup().write(0, 8, 2, SampleRecords.records(0, 8));
        ProducedRecord other = SampleRecords.changed(
                SampleRecords.record(4), null, SampleRecords.bytes("of the new leader"), List.of());
        backup().write(4, 5, 3, List.of(other));
        List<ProducedRecord> expected = SampleRecords.records(0, 4);
        expected.add(other);

        judge().assertComplete(log(expected), TOPIC, ID);
    }

    @Test
    void aRecordInDoubtMayBeThereOrNot() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        ProducedLog log = log(SampleRecords.records(0, 9));
        log.addInDoubt(PARTITION, SampleRecords.record(9));
        log.addInDoubt(PARTITION, SampleRecords.record(10));

        judge().assertComplete(log, TOPIC, ID);
    }

    @Test
    void asFarAsCoveredMissesNothingBehindTheLastSegment() throws Exception {
        write(0, 8, SampleRecords.records(0, 8));
        ProducedLog log = log(SampleRecords.records(0, 10));

        judge().assertCompleteAsFarAsCovered(log, TOPIC, ID);
        assertComplaint("offset 8: was produced, but is missing");

        write(8, 10, SampleRecords.records(9, 10));
        assertThatThrownBy(() -> judge().assertCompleteAsFarAsCovered(log, TOPIC, ID))
                .hasMessageContaining("offset 8: was produced, but is missing");
    }

    @Test
    void anUncoveredRangeIsFound() throws Exception {
        write(0, 4, SampleRecords.records(0, 4));
        write(6, 10, SampleRecords.records(6, 10));

        assertThatThrownBy(() -> judge().assertContiguous(TOPIC, ID))
                .hasMessageContaining("partition 3: nothing covers [4, 6)");
    }

    @Test
    void temporaryFilesAreListed() throws Exception {
        Path segment = write(0, 4, SampleRecords.records(0, 4));
        Path temporary = Files.createFile(segment.resolveSibling("." + segment.getFileName() + ".tmp-1"));

        assertThat(judge().visibleTemporaryFiles()).containsExactly(temporary);
        judge().assertComplete(log(SampleRecords.records(0, 4)), TOPIC, ID);
    }

    @Test
    void tenDifferencesAreShownAndTheRestIsCounted() throws Exception {
        write(0, 1, SampleRecords.records(0, 1));

        assertThatThrownBy(() -> judge().assertComplete(log(SampleRecords.records(0, 100)), TOPIC, ID))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("99 differences")
                .hasMessageContaining("offset 10:")
                .hasMessageNotContaining("offset 11:")
                .hasMessageEndingWith("and 89 more");
    }

    private void assertComplaint(String complaint) {
        assertComplaint(log(SampleRecords.records(0, 10)), complaint);
    }

    private void assertComplaint(ProducedLog log, String complaint) {
        assertThatThrownBy(() -> judge().assertComplete(log, TOPIC, ID))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Backup of topic " + TOPIC + " (" + ID + ")")
                .hasMessageContaining(complaint);
    }

    private void assertTellsApart(ProducedRecord produced, ProducedRecord stored, String complaint) throws IOException {
        Path segment = write(4, 5, List.of(stored));
        assertComplaint(log(List.of(produced)), complaint);
        Files.delete(segment);
    }

    private void assertWrongName(Path segment, String part, String replacement, String complaint) throws IOException {
        String name = segment.getFileName().toString();
        assertThat(name).contains(part);
        Path renamed = Files.move(segment, segment.resolveSibling(name.replace(part, replacement)));
        assertComplaint(complaint);
        Files.move(renamed, segment);
        assertThatCode(() -> judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID))
                .doesNotThrowAnyException();
    }

    private Judge judge() {
        if (judge == null) {
            judge = switch (opinion) {
                case DUCKDB -> Judge.withDuckDb(root, CLUSTER);
                case PARQUET_AVRO -> Judge.withParquetAvro(root, CLUSTER);
            };
        }
        return judge;
    }

    private HandMadeBackup backup() {
        return new HandMadeBackup(root, CLUSTER, PARTITION);
    }

    private Path write(long start, long end, List<ProducedRecord> records) throws IOException {
        return backup().write(start, end, 2, records);
    }

    /** A segment of ten records, true but for one of them. */
    private void writeWith(int index, ProducedRecord wrong) throws IOException {
        List<ProducedRecord> records = SampleRecords.records(0, 10);
        records.set(index, wrong);
        write(0, 10, records);
    }

    private static ProducedLog log(List<ProducedRecord> records) {
        ProducedLog log = new ProducedLog();
        records.forEach(record -> log.add(PARTITION, record));
        return log;
    }
}
