// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.FormatPage;
import dev.kafkabackup.e2e.judge.ZstdCodecs;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the backup stores is plain Parquet: readers that never heard of it find every value, null and empty. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one backup serves all tests
class ReadableByOthersIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders";
    private static final String RESTORE_ID = "copy";

    private static final String SCHEMA = """
            message kafkabackup.record {
              required int64 offset;
              required int64 timestamp (TIMESTAMP(MILLIS,true));
              required int32 timestamp_type;
              optional int32 leader_epoch;
              optional binary key;
              optional binary value;
              required group headers (LIST) {
                repeated group list {
                  required group element {
                    required binary key (STRING);
                    optional binary value;
                  }
                }
              }
            }
            """;

    private final ProducedLog produced = new ProducedLog();
    private Uuid topicId;

    @TempDir
    private static Path folder;

    @BeforeAll
    void backUpAndRestore() throws Exception {
        topicId = BROKER.createTopic(TOPIC, 1, Map.of("message.timestamp.after.max.ms", Long.toString(Long.MAX_VALUE)));
        byte[] empty = new byte[0];
        try (RecordingProducer producer =
                RecordingProducer.transactional(BROKER.bootstrapServers(), produced, "readable")) {
            producer.beginTransaction();
            producer.send(record(1_700_000_000_123L, null, null));
            producer.send(record(0, empty, empty));
            producer.send(record(1_600_000_000_000L, new byte[] {0, -1}, "größe".getBytes(StandardCharsets.UTF_8)));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(record(1, new byte[] {6}, new byte[] {6}));
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(record(
                    253_402_300_799_999L,
                    null,
                    new byte[] {1},
                    new RecordHeader("same", new byte[] {1}),
                    new RecordHeader("", empty),
                    new RecordHeader("größe", null),
                    new RecordHeader("same", new byte[] {2})));
            producer.commitTransaction();
        }
        BROKER.admin()
                .alterConsumerGroupOffsets("billing", Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(2)))
                .all()
                .get();
        run("backup", "--include", TOPIC, "--once");
        run("restore", "--topic", TOPIC + "=copy", "--restore-id", RESTORE_ID);
    }

    @Test
    void duckDbReadsSegmentsWithTheirFoldersAsColumns() throws Exception {
        assertThat(query("""
                        select "offset" || ' ' || epoch_ms("timestamp") || ' ' || timestamp_type || ' ' || leader_epoch || ' '
                                   || coalesce(lower(hex(key)), 'null') || ' ' || coalesce(lower(hex(value)), 'null') || ' '
                                   || array_to_string([header.key || '=' || coalesce(lower(hex(header.value)), 'null')
                                                       for header in headers], ','),
                               topic || ' ' || id || ' ' || "partition"
                        from read_parquet('%s', hive_partitioning = true, hive_types_autocast = false)
                        order by "offset"
                        """.formatted(root().resolve("topics/*/*/*/*.parquet"))))
                .isEqualTo(expected().stream()
                        .map(line -> List.of(line, "%s %s 00000".formatted(TOPIC, topicId)))
                        .toList());
    }

    @Test
    void theQueriesOfTheFormatPageReadAllThatIsStored() throws Exception {
        try (FormatPage page = new FormatPage(root(), RESTORE_ID, "now()::TIMESTAMP + INTERVAL 1 HOUR")) {
            assertThat(page.query("""
                            SELECT "offset" || ' ' || timestamp_ms || ' ' || timestamp_type || ' ' || leader_epoch || ' '
                                       || coalesce(lower(hex(key)), 'null') || ' ' || coalesce(lower(hex(value)), 'null')
                                       || ' ' || array_to_string([header.key || '=' || coalesce(lower(hex(header.value)), 'null')
                                                                  FOR header IN headers], ','),
                                   topic, id, "partition"
                            FROM records ORDER BY "offset"
                            """))
                    .isEqualTo(expected().stream()
                            .map(line -> List.of(line, TOPIC, topicId.toString(), "0"))
                            .toList());
            long end = BROKER.admin()
                    .listOffsets(Map.of(new TopicPartition(TOPIC, 0), OffsetSpec.latest()))
                    .partitionResult(new TopicPartition(TOPIC, 0))
                    .get()
                    .offset();
            assertThat(page.query("SELECT covered_from, covered_to FROM coverage"))
                    .containsExactly(List.of("0", Long.toString(end)));
            assertThat(page.query("SELECT * FROM misplaced")).isEmpty();
            assertThat(page.query("SELECT DISTINCT format_version, cluster_id FROM footers"))
                    .containsExactly(List.of("1", BROKER.clusterId()));
            assertThat(page.query("SELECT name, id, clusterId, partitions, state,"
                            + " configs['message.timestamp.after.max.ms'] FROM topics WHERE name = '" + TOPIC + "'"))
                    .containsExactly(List.of(
                            TOPIC, topicId.toString(), BROKER.clusterId(), "1", "LIVE", Long.toString(Long.MAX_VALUE)));
            assertThat(page.query("SELECT * FROM groups"))
                    .containsExactly(List.of("billing", TOPIC, topicId.toString(), "0", "2"));
            assertThat(page.query("SELECT source_offset FROM restored ORDER BY source_offset"))
                    .extracting(row -> row.get(0))
                    .isEqualTo(records().stream()
                            .map(record -> Long.toString(record.offset()))
                            .toList());
        }
    }

    @Test
    void parquetAvroReadsSegments() throws Exception {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroReadSupport.AVRO_COMPATIBILITY, false);
        configuration.setBoolean("parquet.avro.add-list-element-records", false);
        List<String> lines = new ArrayList<>();
        for (Path segment : segments()) {
            try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                            new LocalInputFile(segment), configuration)
                    .withDataModel(GenericData.get())
                    .withCodecFactory(new ZstdCodecs())
                    .build()) {
                for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                    lines.add(line(row));
                }
            }
        }
        assertThat(lines).isEqualTo(expected());
    }

    @Test
    void theSchemaIsTheDocumentedOne() throws Exception {
        ParquetReadOptions options = ParquetReadOptions.builder(new PlainParquetConfiguration())
                .withCodecFactory(new ZstdCodecs())
                .build();
        for (Path segment : segments()) {
            try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(segment), options)) {
                assertThat(reader.getFileMetaData().getSchema()).hasToString(SCHEMA);
            }
        }
    }

    @Test
    void duckDbFollowsTheOffsetMap() throws Exception {
        List<List<String>> rows = query(
                """
                select source_topic, source_topic_id, source_partition, source_offset + unnest(range(length)) as source,
                       target_topic, target_partition, target_offset + unnest(range(length)) as target
                from read_parquet('%s')
                order by source, target
                """.formatted(root().resolve("restores").resolve(RESTORE_ID).resolve("offset-map/*.parquet")));
        assertThat(rows)
                .extracting(row -> row.get(3))
                .isEqualTo(records().stream()
                        .map(record -> Long.toString(record.offset()))
                        .toList());
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.subList(0, 3)).containsExactly(TOPIC, topicId.toString(), "0");
            assertThat(row.subList(4, 6)).containsExactly("copy", "0");
        });
        assertThat(rows).extracting(row -> Long.valueOf(row.get(6))).isSorted().doesNotHaveDuplicates();
    }

    private static ProducerRecord<byte[], byte[]> record(
            long timestamp, byte @Nullable [] key, byte @Nullable [] value, Header... headers) {
        return new ProducerRecord<>(TOPIC, 0, timestamp, key, value, List.of(headers));
    }

    private List<ProducedRecord> records() {
        return List.copyOf(
                produced.records(new TopicIdPartition(topicId, 0, TOPIC)).values());
    }

    private List<String> expected() {
        return records().stream().map(ReadableByOthersIT::line).toList();
    }

    private static String line(ProducedRecord record) {
        String headers = record.headers().stream()
                .map(header -> header.key() + "=" + hex(header.value()))
                .collect(Collectors.joining(","));
        return "%d %d 0 0 %s %s %s"
                .formatted(record.offset(), record.timestamp(), hex(record.key()), hex(record.value()), headers);
    }

    private static String line(GenericRecord row) {
        String headers = ((List<?>) row.get("headers"))
                .stream()
                        .map(GenericRecord.class::cast)
                        .map(header -> header.get("key") + "=" + hex(bytes(header.get("value"))))
                        .collect(Collectors.joining(","));
        return "%s %s %s %s %s %s %s"
                .formatted(
                        row.get("offset"),
                        row.get("timestamp"),
                        row.get("timestamp_type"),
                        row.get("leader_epoch"),
                        hex(bytes(row.get("key"))),
                        hex(bytes(row.get("value"))),
                        headers);
    }

    private static byte @Nullable [] bytes(@Nullable Object buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[((ByteBuffer) buffer).remaining()];
        ((ByteBuffer) buffer).duplicate().get(bytes);
        return bytes;
    }

    private static String hex(byte @Nullable [] bytes) {
        return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
    }

    private static List<List<String>> query(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(String.valueOf(result.getObject(column)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.walk(root().resolve("topics"))) {
            List<Path> segments = files.filter(file -> file.toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
            assertThat(segments).as("segments").isNotEmpty();
            return segments;
        }
    }

    private static void run(String command, String... options) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--web-port",
                "0"));
        arguments.addAll(List.of(options));
        try (KafkaBackupProcess process = KafkaBackupProcess.start(folder, arguments)) {
            process.assertEndsWith(0, PATIENCE);
        }
    }

    private static Path root() {
        return folder.resolve("backup");
    }
}
