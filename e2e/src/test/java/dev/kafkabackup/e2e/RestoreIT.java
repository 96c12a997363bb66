// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A topic with everything that Kafka allows is backed up while it is used, deleted, and restored in several ways. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // one backup serves all tests
class RestoreIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "orders";
    private static final String GROUP = "billing";
    private static final int PARTITIONS = 5;
    private static final int REFUSED = 3;

    private final ProducedLog produced = new ProducedLog();
    private TargetJudge targetJudge;
    private Uuid topicId;
    private NavigableMap<Integer, Long> committed;

    @TempDir
    private static Path folder;

    @BeforeAll
    void backUpAndDelete() throws Exception {
        targetJudge = new TargetJudge(BROKER.bootstrapServers());
        topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        try (Judge judge = Judge.withDuckDb(root(), BROKER.clusterId())) {
            EveryKindOfRecord records = new EveryKindOfRecord(BROKER.bootstrapServers(), produced, TOPIC, PARTITIONS);
            records.special();
            records.random();
            try (KafkaBackupProcess backup = startBackup()) {
                records.transactions();
                records.random();
                committed = group().readAPartAndCommit();
                StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
                await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
                await("the group's offsets to be in the backup")
                        .atMost(PATIENCE)
                        .until(() -> committed.equals(backedUpOffsets()));
                backup.sendTerm();
                backup.assertEndsWith(0, PATIENCE);
            }
            judge.assertComplete(produced, TOPIC, topicId);
        }
        copyTo(broken());
        BROKER.deleteTopic(TOPIC);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void underItsOwnNameAndItsGroupGoesOnWhereItStopped() throws Exception {
        try (KafkaBackupProcess restore = startRestore("own-name", TOPIC)) {
            assertRestored(restore, "own-name", produced, TOPIC);
        }

        try (KafkaBackupProcess translate = start(
                "groups",
                "translate",
                "--storage",
                root().toString(),
                "--restore-id",
                "own-name",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--apply")) {
            translate.assertEndsWith(0, PATIENCE);
            assertThat(translate.outputLines())
                    .as("%s", translate)
                    .hasSize(1 + PARTITIONS)
                    .filteredOn(line -> line.endsWith("committed"))
                    .hasSize(PARTITIONS);
        }
        Map<Integer, List<ProducedRecord>> left = notYetRead();
        assertThat(group().readOn(left.values().stream().mapToLong(List::size).sum()))
                .isEqualTo(left);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void underOtherNamesInPart() throws Exception {
        Instant from = Instant.ofEpochMilli(medianTimestamp());
        long to = from.plusSeconds(5).toEpochMilli();
        try (KafkaBackupProcess partitions =
                        startRestore("partitions", TOPIC + "=orders.partitions", "--partitions", "0,2-3");
                KafkaBackupProcess time = startRestore(
                        "time", TOPIC + "=orders.time", "--from", from.toString(), "--to", Long.toString(to))) {
            Set<Integer> wanted = Set.of(0, 2, 3);
            ProducedLog some = produced.select((partition, record) -> wanted.contains(partition.partition()));
            assertRestored(partitions, "partitions", some, "orders.partitions");
            assertThat(BROKER.admin()
                            .describeTopics(List.of("orders.partitions"))
                            .topicNameValues()
                            .get("orders.partitions")
                            .get()
                            .partitions())
                    .hasSize(PARTITIONS);

            ProducedLog window = produced.select(
                    (partition, record) -> record.timestamp() >= from.toEpochMilli() && record.timestamp() < to);
            assertThat(window.recordCount()).as("records in the window").isBetween(1L, produced.recordCount() - 1);
            assertRestored(time, "time", window, "orders.time");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void underAnotherNameWithItsProgressItsReportAndTheWayBackToTheOriginalConfiguration() throws Exception {
        try (KafkaBackupProcess restore =
                startRestore("slow", TOPIC + "=orders.slow", "--max-bytes-per-second", "600kb", "--output", "json")) {
            assertRestored(restore, "slow", produced, "orders.slow");
            assertThat(restore.errorLines())
                    .as("%s", restore)
                    .anyMatch(line -> line.matches("orders\\.slow +[1-9][0-9,]* records +[0-9.]+ MB/s +[0-9]+ %.*"));
            assertThat(String.join("\n", restore.outputLines()))
                    .isEqualTo(Files.readString(root().resolve("restores/slow/report.json")))
                    .contains("\"records\" : " + produced.recordCount())
                    .contains("\"name\" : \"retention.ms\"");
        }
        assertThat(setFor("orders.slow")).containsKey("retention.ms");

        try (KafkaBackupProcess dry = finalizeTopicsOf("slow", "--dry-run")) {
            dry.assertEndsWith(0, PATIENCE);
            assertThat(dry.outputLines()).contains("Topic orders.slow: retention.ms would be not set, was -1");
        }
        assertThat(setFor("orders.slow")).containsKey("retention.ms");
        try (KafkaBackupProcess finalize = finalizeTopicsOf("slow")) {
            finalize.assertEndsWith(0, PATIENCE);
            assertThat(finalize.outputLines()).contains("Topic orders.slow: retention.ms is not set, was -1");
        }
        assertThat(setFor("orders.slow")).isEmpty();
    }

    /** Configuration of the topic itself. */
    private static Map<String, String> setFor(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Map<String, String> set = new TreeMap<>();
        for (ConfigEntry entry : BROKER.admin()
                .describeConfigs(List.of(resource))
                .values()
                .get(resource)
                .get()
                .entries()) {
            if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                set.put(entry.name(), entry.value());
            }
        }
        return set;
    }

    private KafkaBackupProcess finalizeTopicsOf(String restoreId, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "restore",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--restore-id",
                restoreId,
                "--finalize"));
        arguments.addAll(List.of(more));
        return KafkaBackupProcess.start(folder, arguments);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aTargetThatDoesNotFitIsRefusedAndLeftAlone() throws Exception {
        BROKER.createTopic("narrow", PARTITIONS - 1);
        Uuid inUse = BROKER.createTopic("in-use", PARTITIONS);
        ProducedLog already = new ProducedLog();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), already)) {
            producer.send(new ProducerRecord<>("in-use", PARTITIONS - 1, null, new byte[] {1}));
        }

        try (KafkaBackupProcess narrow = startRestore("narrow", TOPIC + "=narrow");
                KafkaBackupProcess used = startRestore("in-use", TOPIC + "=in-use");
                KafkaBackupProcess dry = startRestore("dry", TOPIC + "=dry", "--dry-run")) {
            narrow.assertEndsWith(REFUSED, PATIENCE);
            assertThat(narrow.errorLines())
                    .as("%s", narrow)
                    .last()
                    .asString()
                    .startsWith("kafka-backup: Topic narrow has 4 partitions, but the restore needs 5");
            used.assertEndsWith(REFUSED, PATIENCE);
            assertThat(used.errorLines())
                    .as("%s", used)
                    .last()
                    .asString()
                    .startsWith("kafka-backup: Topic in-use is not empty");
            dry.assertEndsWith(0, PATIENCE);
            assertThat(dry.outputLines()).as("%s", dry).hasSize(1 + PARTITIONS);
        }
        assertThat(targetJudge.read("narrow").values()).allMatch(Map::isEmpty);
        targetJudge.assertHolds(already, "in-use", inUse, "in-use");
        assertThat(BROKER.admin().listTopics().names().get()).doesNotContain("dry");
        for (String restoreId : List.of("narrow", "in-use", "dry")) {
            assertThat(root().resolve("restores").resolve(restoreId)).doesNotExist();
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aBrokenSegmentEndsTheRestoreWithItsName() throws Exception {
        Path segment = largestSegment(broken());
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 0x40;
        Files.write(segment, bytes);

        try (KafkaBackupProcess restore = startRestore(broken(), "broken", TOPIC + "=orders.broken")) {
            restore.assertEndsWith(1, PATIENCE);
            assertThat(restore.errorLines())
                    .as("%s", restore)
                    .last()
                    .asString()
                    .startsWith("kafka-backup: ")
                    .contains(segment.getFileName().toString());
        }
    }

    /** Before any restore writes into the backup. */
    private static void copyTo(Path copy) throws IOException {
        try (Stream<Path> paths = Files.walk(root())) {
            for (Path path : paths.toList()) {
                Files.copy(path, copy.resolve(root().relativize(path)));
            }
        }
    }

    private static Path broken() {
        return folder.resolve("broken");
    }

    private static Path largestSegment(Path backup) throws IOException {
        try (Stream<Path> paths = Files.walk(backup.resolve("topics"))) {
            return paths.filter(path -> path.toString().endsWith(".parquet"))
                    .max(Comparator.comparingLong(path -> path.toFile().length()))
                    .orElseThrow();
        }
    }

    private static ReadingGroup group() {
        return new ReadingGroup(BROKER.bootstrapServers(), GROUP, TOPIC, PARTITIONS);
    }

    /** The group's offsets as {@code groups} prints them. */
    private NavigableMap<Integer, Long> backedUpOffsets() throws InterruptedException {
        NavigableMap<Integer, Long> offsets = new TreeMap<>();
        try (KafkaBackupProcess groups = start("groups", "--storage", root().toString(), "--group", GROUP)) {
            groups.assertEndsWith(0, PATIENCE);
            for (String row : groups.outputLines()) {
                String[] cells = row.split(" +", -1);
                if (cells[0].equals(GROUP)) {
                    assertThat(cells).as(row).startsWith(GROUP, TOPIC, topicId.toString());
                    offsets.put(Integer.valueOf(cells[3]), Long.valueOf(cells[4]));
                }
            }
        }
        return offsets;
    }

    private Map<Integer, List<ProducedRecord>> notYetRead() {
        Map<Integer, List<ProducedRecord>> records = new TreeMap<>();
        committed.forEach((partition, offset) -> records.put(
                partition,
                produced
                        .records(new TopicIdPartition(topicId, partition, TOPIC))
                        .tailMap(offset, true)
                        .values()
                        .stream()
                        .map(record -> record.at(ProducedRecord.UNKNOWN_OFFSET))
                        .toList()));
        return records;
    }

    private long medianTimestamp() {
        List<Long> timestamps = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> produced.records(new TopicIdPartition(topicId, partition, TOPIC)))
                .flatMap(partition -> partition.values().stream().map(ProducedRecord::timestamp))
                .sorted()
                .toList();
        return timestamps.get(timestamps.size() / 2);
    }

    private void assertRestored(KafkaBackupProcess restore, String restoreId, ProducedLog expected, String target)
            throws InterruptedException {
        restore.assertEndsWith(0, PATIENCE);
        targetJudge.assertHolds(expected, TOPIC, topicId, target);
        Path results = root().resolve("restores").resolve(restoreId);
        targetJudge.assertOffsetMapLeads(results.resolve("offset-map"), expected, TOPIC, topicId, target);
        assertThat(results.resolve("report.json")).isNotEmptyFile();
    }

    private KafkaBackupProcess startBackup() {
        return start(
                "backup",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--include",
                TOPIC,
                "--checkpoint-interval",
                "1s",
                "--groups-interval",
                "1s",
                "--web-port",
                "0");
    }

    private static KafkaBackupProcess startRestore(String restoreId, String topic, String... more) {
        return startRestore(root(), restoreId, topic, more);
    }

    private static KafkaBackupProcess startRestore(Path storage, String restoreId, String topic, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "restore",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                storage.toString(),
                "--topic",
                topic,
                "--restore-id",
                restoreId,
                "--web-port",
                "0"));
        arguments.addAll(List.of(more));
        return KafkaBackupProcess.start(folder, arguments);
    }

    private KafkaBackupProcess start(String... arguments) {
        return KafkaBackupProcess.start(folder, List.of(arguments));
    }

    private static Path root() {
        return folder.resolve("backup");
    }
}
