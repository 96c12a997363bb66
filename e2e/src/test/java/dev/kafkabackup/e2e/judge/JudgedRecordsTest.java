// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A judge is satisfied with the records that were produced, and with no others. */
@ParameterizedClass
@EnumSource(JudgedBackup.Opinion.class)
class JudgedRecordsTest extends JudgedBackup {

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
    void aRecordInDoubtMayBeThereOrNot() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        ProducedLog log = log(SampleRecords.records(0, 9));
        log.addInDoubt(PARTITION, SampleRecords.record(9));
        log.addInDoubt(PARTITION, SampleRecords.record(10));

        judge().assertComplete(log, TOPIC, ID);
    }

    private void assertTellsApart(ProducedRecord produced, ProducedRecord stored, String complaint) throws IOException {
        Path segment = write(4, 5, List.of(stored));
        assertComplaint(log(List.of(produced)), complaint);
        Files.delete(segment);
    }

    /** A segment of ten records, true but for one of them. */
    private void writeWith(int index, ProducedRecord wrong) throws IOException {
        List<ProducedRecord> records = SampleRecords.records(0, 10);
        records.set(index, wrong);
        write(0, 10, records);
    }
}
