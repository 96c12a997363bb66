// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.jspecify.annotations.Nullable;

/** Writes segments by hand, true ones and wrong ones, to see what the judges make of them. */
final class HandMadeBackup {

    private static final Schema HEADER = SchemaBuilder.record("header")
            .fields()
            .requiredString("key")
            .name("value")
            .type(optionalBytes())
            .noDefault()
            .endRecord();

    private static final Schema RECORD = SchemaBuilder.record("record")
            .fields()
            .requiredLong("offset")
            .name("timestamp")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredInt("timestamp_type")
            .optionalInt("leader_epoch")
            .name("key")
            .type(optionalBytes())
            .noDefault()
            .name("value")
            .type(optionalBytes())
            .noDefault()
            .name("headers")
            .type(Schema.createArray(HEADER))
            .noDefault()
            .endRecord();

    private final Path root;
    private final String clusterId;
    private final TopicIdPartition partition;

    HandMadeBackup(Path root, String clusterId, TopicIdPartition partition) {
        this.root = root;
        this.clusterId = clusterId;
        this.partition = partition;
    }

    /** A segment of the given range whose name and footer are true if the records allow it. */
    Path write(long start, long end, int leaderEpoch, List<ProducedRecord> records) throws IOException {
        return write(start, end, leaderEpoch, records, Map.of());
    }

    /** A segment with other footer entries than the true ones. */
    Path write(long start, long end, int leaderEpoch, List<ProducedRecord> records, Map<String, String> wrongFooter)
            throws IOException {
        Path folder = root.resolve("topics")
                .resolve("topic=" + partition.topic())
                .resolve("id=" + partition.topicId())
                .resolve("partition=%05d".formatted(partition.partition()));
        Files.createDirectories(folder);
        Path file = Files.createTempFile(folder, "", ".part");
        Files.delete(file);
        writeParquet(file, footer(start, end, wrongFooter), leaderEpoch, records);
        return Files.move(file, folder.resolve(name(start, end, leaderEpoch, records, Files.size(file))));
    }

    private static String name(long start, long end, int leaderEpoch, List<ProducedRecord> records, long sizeBytes) {
        long[] timestamps = records.stream()
                .mapToLong(ProducedRecord::timestamp)
                .filter(timestamp -> timestamp != -1)
                .sorted()
                .toArray();
        return "%020d_%020d_%d_%d_%d_%d_%d.parquet"
                .formatted(
                        start,
                        end,
                        leaderEpoch,
                        timestamps.length == 0 ? -1 : timestamps[0],
                        timestamps.length == 0 ? -1 : timestamps[timestamps.length - 1],
                        records.size(),
                        sizeBytes);
    }

    private Map<String, String> footer(long start, long end, Map<String, String> wrong) {
        Map<String, String> footer = new HashMap<>(Map.of(
                "kafka-backup.format-version", "1",
                "kafka-backup.cluster-id", clusterId,
                "kafka-backup.topic", partition.topic(),
                "kafka-backup.topic-id", partition.topicId().toString(),
                "kafka-backup.partition", Integer.toString(partition.partition()),
                "kafka-backup.start-offset", Long.toString(start),
                "kafka-backup.end-offset", Long.toString(end)));
        footer.putAll(wrong);
        return footer;
    }

    private static void writeParquet(
            Path file, Map<String, String> footer, int leaderEpoch, List<ProducedRecord> records) throws IOException {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                .withConf(configuration)
                .withSchema(RECORD)
                .withDataModel(GenericData.get())
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withCodecFactory(new ZstdCodecs())
                .withExtraMetaData(footer)
                .build()) {
            for (ProducedRecord record : records) {
                writer.write(row(record, leaderEpoch));
            }
        }
    }

    private static GenericRecord row(ProducedRecord record, int leaderEpoch) {
        List<GenericRecord> headers = new ArrayList<>();
        record.headers()
                .forEach(header -> headers.add(new GenericRecordBuilder(HEADER)
                        .set("key", header.key())
                        .set("value", buffer(header.value()))
                        .build()));
        return new GenericRecordBuilder(RECORD)
                .set("offset", record.offset())
                .set("timestamp", record.timestamp())
                .set("timestamp_type", record.timestampType().id)
                .set("leader_epoch", leaderEpoch == -1 ? null : leaderEpoch)
                .set("key", buffer(record.key()))
                .set("value", buffer(record.value()))
                .set("headers", headers)
                .build();
    }

    private static Schema optionalBytes() {
        return SchemaBuilder.unionOf().nullType().and().bytesType().endUnion();
    }

    private static @Nullable ByteBuffer buffer(byte @Nullable [] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes);
    }
}
