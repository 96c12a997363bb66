// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.parquet.FileChecksum;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/** Runs of an offset map as a Parquet file, one row per run. */
final class OffsetMapFile {

    private static final String SOURCE_TOPIC = "source_topic";
    private static final String SOURCE_TOPIC_ID = "source_topic_id";
    private static final String SOURCE_PARTITION = "source_partition";
    private static final String SOURCE_OFFSET = "source_offset";
    private static final String TARGET_TOPIC = "target_topic";
    private static final String TARGET_PARTITION = "target_partition";
    private static final String TARGET_OFFSET = "target_offset";
    private static final String LENGTH = "length";

    private static final Schema SCHEMA = SchemaBuilder.record("offset_map_run")
            .namespace("kafkabackup")
            .fields()
            .requiredString(SOURCE_TOPIC)
            .requiredString(SOURCE_TOPIC_ID)
            .requiredInt(SOURCE_PARTITION)
            .requiredLong(SOURCE_OFFSET)
            .requiredString(TARGET_TOPIC)
            .requiredInt(TARGET_PARTITION)
            .requiredLong(TARGET_OFFSET)
            .requiredLong(LENGTH)
            .endRecord();

    private OffsetMapFile() {}

    static byte[] write(Collection<OffsetMapRun> runs) {
        BytesOutputFile file = new BytesOutputFile();
        try {
            try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(file)
                    .withSchema(SCHEMA)
                    .withDataModel(GenericData.get())
                    .withConf(new PlainParquetConfiguration())
                    .withExtraMetaData(Map.of(FileChecksum.KEY, FileChecksum.NOT_YET_KNOWN))
                    .withPageWriteChecksumEnabled(true)
                    .withCompressionCodec(CompressionCodecName.ZSTD)
                    .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                    .build()) {
                for (OffsetMapRun run : runs) {
                    writer.write(toRow(run));
                }
            }
            FileChecksum.seal(file);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) file.sizeBytes());
            file.writeTo(bytes);
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("A Parquet file in memory cannot be written", e);
        }
    }

    private static GenericRecord toRow(OffsetMapRun run) {
        GenericRecord row = new GenericData.Record(SCHEMA);
        row.put(SOURCE_TOPIC, run.source().topic());
        row.put(SOURCE_TOPIC_ID, run.source().topicId().toString());
        row.put(SOURCE_PARTITION, run.source().partition());
        row.put(SOURCE_OFFSET, run.sourceOffset());
        row.put(TARGET_TOPIC, run.target().topic());
        row.put(TARGET_PARTITION, run.target().partition());
        row.put(TARGET_OFFSET, run.targetOffset());
        row.put(LENGTH, run.length());
        return row;
    }

    /** @throws CorruptDataException if it cannot be read */
    static List<OffsetMapRun> read(String path, byte[] bytes) {
        try {
            FileChecksum.check(bytes);
            return read(bytes);
        } catch (IOException | RuntimeException e) {
            throw new CorruptDataException(path, "this part of an offset map cannot be read: " + e.getMessage(), e);
        }
    }

    private static List<OffsetMapRun> read(byte[] bytes) throws IOException {
        List<OffsetMapRun> runs = new ArrayList<>();
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                        new BytesInputFile(bytes), new PlainParquetConfiguration())
                .withDataModel(GenericData.get())
                .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                .usePageChecksumVerification(true)
                .build()) {
            @Nullable GenericRecord row;
            while ((row = reader.read()) != null) {
                runs.add(toRun(row));
            }
        }
        return runs;
    }

    private static OffsetMapRun toRun(GenericRecord row) {
        return new OffsetMapRun(
                new TopicIdPartition(
                        Uuid.fromString(row.get(SOURCE_TOPIC_ID).toString()),
                        (Integer) row.get(SOURCE_PARTITION),
                        row.get(SOURCE_TOPIC).toString()),
                (Long) row.get(SOURCE_OFFSET),
                new TopicPartition(row.get(TARGET_TOPIC).toString(), (Integer) row.get(TARGET_PARTITION)),
                (Long) row.get(TARGET_OFFSET),
                (Long) row.get(LENGTH));
    }
}
