// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.fs.Path;
import org.apache.flink.formats.avro.typeutils.GenericRecordAvroTypeInfo;
import org.apache.flink.formats.parquet.ParquetWriterFactory;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.OutputFile;
import org.jspecify.annotations.Nullable;

/**
 * What a user would write instead: the stock KafkaSource into the stock FileSink with parquet-avro, source and writer
 * chained, payloads wrapped and not copied. As the documentation of its parts shows them, or tuned by somebody who
 * knows them: objects are reused, no dictionary and no statistics of payloads, the consumer as the backup has it.
 */
final class StockJob {

    private static final Schema HEADER = SchemaBuilder.record("header")
            .fields()
            .requiredString("key")
            .optionalBytes("value")
            .endRecord();

    private static final Schema RECORD = SchemaBuilder.record("record")
            .fields()
            .requiredString("topic")
            .requiredInt("partition")
            .requiredLong("offset")
            .requiredLong("timestamp")
            .optionalBytes("key")
            .optionalBytes("value")
            .name("headers")
            .type()
            .array()
            .items(HEADER)
            .noDefault()
            .endRecord();

    private StockJob() {}

    /**
     * Runs until all that is there at its start is stored.
     *
     * @param arguments bootstrap servers, topic, folder, parallelism, zstd level, seconds between checkpoints, and
     *     whether it is tuned
     */
    public static void main(String[] arguments) throws Exception {
        int parallelism = Integer.parseInt(arguments[3]);
        int level = Integer.parseInt(arguments[4]);
        // whoever has to start again is no contestant
        Configuration configuration = new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
        environment.enableCheckpointing(Long.parseLong(arguments[5]) * 1000);
        boolean tuned = Boolean.parseBoolean(arguments[6]);
        KafkaSourceBuilder<GenericRecord> source = KafkaSource.<GenericRecord>builder()
                .setBootstrapServers(arguments[0])
                .setTopics(arguments[1])
                .setGroupId("stock")
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setBounded(OffsetsInitializer.latest())
                .setProperty("isolation.level", "read_committed")
                .setDeserializer(new ToRow());
        if (tuned) {
            environment.getConfig().enableObjectReuse();
            source.setProperty("max.poll.records", "1000").setProperty("receive.buffer.bytes", "-1");
        }
        FileSink<GenericRecord> sink = FileSink.forBulkFormat(
                        new Path(arguments[2]),
                        new ParquetWriterFactory<GenericRecord>(file -> writer(file, level, tuned)))
                .build();
        environment
                .fromSource(source.build(), WatermarkStrategy.noWatermarks(), "Kafka")
                .sinkTo(sink)
                .name("Parquet");
        environment.execute("stock backup");
    }

    private static ParquetWriter<GenericRecord> writer(OutputFile file, int level, boolean tuned) throws IOException {
        AvroParquetWriter.Builder<GenericRecord> builder = AvroParquetWriter.<GenericRecord>builder(file)
                .withSchema(RECORD)
                .withDataModel(GenericData.get())
                .withConf(threeLevelLists())
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withCodecFactory(new ZstdCodecFactory(level));
        if (tuned) {
            for (String payload : List.of("key", "value", "headers.list.element.value")) {
                builder.withDictionaryEncoding(payload, false).withStatisticsEnabled(payload, false);
            }
        }
        return builder.build();
    }

    private static ParquetConfiguration threeLevelLists() {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        return configuration;
    }

    /** A record as a row. */
    private static final class ToRow implements KafkaRecordDeserializationSchema<GenericRecord> {

        private static final long serialVersionUID = 1L;

        @Override
        public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<GenericRecord> out)
                throws IOException {
            List<GenericRecord> headers = new ArrayList<>(2);
            for (Header header : record.headers()) {
                GenericRecord element = new GenericData.Record(HEADER);
                element.put(0, header.key());
                element.put(1, wrap(header.value()));
                headers.add(element);
            }
            GenericRecord row = new GenericData.Record(RECORD);
            row.put(0, record.topic());
            row.put(1, record.partition());
            row.put(2, record.offset());
            row.put(3, record.timestamp());
            row.put(4, wrap(record.key()));
            row.put(5, wrap(record.value()));
            row.put(6, headers);
            out.collect(row);
        }

        private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
            return bytes == null ? null : ByteBuffer.wrap(bytes);
        }

        @Override
        public TypeInformation<GenericRecord> getProducedType() {
            return new GenericRecordAvroTypeInfo(RECORD);
        }
    }
}
