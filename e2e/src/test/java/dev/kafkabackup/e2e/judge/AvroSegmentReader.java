// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroReadSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;

/** Reads segments with parquet-avro and checks the checksums of their pages; holds a whole partition in memory. */
final class AvroSegmentReader implements SegmentReader {

    @Override
    public void read(List<Path> segments, Consumer<StoredRecord> action) {
        List<StoredRecord> records = new ArrayList<>();
        segments.forEach(segment -> records.addAll(read(segment)));
        records.sort(StoredRecord.BY_OFFSET_AND_EPOCH);
        records.forEach(action);
    }

    @Override
    public SegmentFacts facts(Path segment) {
        long minOffset = -1;
        long maxOffset = -1;
        long minTimestamp = -1;
        long maxTimestamp = -1;
        int maxLeaderEpoch = -1;
        boolean ordered = true;
        List<StoredRecord> records = read(segment);
        for (StoredRecord stored : records) {
            long offset = stored.offset();
            long timestamp = stored.record().timestamp();
            ordered &= offset > maxOffset;
            minOffset = minOffset < 0 ? offset : Math.min(minOffset, offset);
            maxOffset = Math.max(maxOffset, offset);
            if (timestamp >= 0) {
                minTimestamp = minTimestamp == -1 ? timestamp : Math.min(minTimestamp, timestamp);
            }
            maxTimestamp = Math.max(maxTimestamp, timestamp);
            maxLeaderEpoch = Math.max(maxLeaderEpoch, stored.leaderEpoch());
        }
        return new SegmentFacts(
                records.size(),
                minOffset,
                maxOffset,
                minTimestamp,
                maxTimestamp,
                maxLeaderEpoch,
                ordered,
                footer(segment));
    }

    /** The records in the order of the file. */
    private static List<StoredRecord> read(Path segment) {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroReadSupport.AVRO_COMPATIBILITY, false);
        configuration.setBoolean("parquet.avro.add-list-element-records", false);
        List<StoredRecord> records = new ArrayList<>();
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                        new LocalInputFile(segment), configuration)
                .withDataModel(GenericData.get())
                .withCodecFactory(new ZstdCodecs())
                .usePageChecksumVerification()
                .build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                Integer leaderEpoch = (Integer) row.get("leader_epoch");
                records.add(new StoredRecord(
                        record(row),
                        leaderEpoch == null ? -1 : leaderEpoch,
                        segment.getFileName().toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("parquet-avro cannot read " + segment, e);
        }
        return records;
    }

    private static Map<String, String> footer(Path segment) {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withCodecFactory(new ZstdCodecs())
                .build();
        try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(segment), options)) {
            return Map.copyOf(reader.getFileMetaData().getKeyValueMetaData());
        } catch (IOException e) {
            throw new UncheckedIOException("parquet-avro cannot read the footer of " + segment, e);
        }
    }

    private static ProducedRecord record(GenericRecord row) {
        List<Header> headers = new ArrayList<>();
        for (Object element : (List<?>) row.get("headers")) {
            GenericRecord header = (GenericRecord) element;
            headers.add(new RecordHeader(header.get("key").toString(), bytes(header.get("value"))));
        }
        return new ProducedRecord(
                (Long) row.get("offset"),
                (Long) row.get("timestamp"),
                TimestampTypes.of((Integer) row.get("timestamp_type")),
                bytes(row.get("key")),
                bytes(row.get("value")),
                headers);
    }

    private static byte @Nullable [] bytes(@Nullable Object buffer) {
        if (buffer == null) {
            return null;
        }
        ByteBuffer content = ((ByteBuffer) buffer).duplicate();
        byte[] bytes = new byte[content.remaining()];
        content.get(bytes);
        return bytes;
    }

    @Override
    public void close() {
        // Every file is closed where it is read.
    }
}
