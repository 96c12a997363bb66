// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.SegmentFile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The backup ends when it is told to, and by itself with {@code --once}; what it has read is stored by then. */
@Timeout(180)
class StopIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PARTITIONS = 3;

    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.small();
    private String topic;
    private Uuid topicId;
    private Judge judge;
    private StoredOffsets stored;

    @TempDir
    private Path folder;

    @BeforeEach
    void createTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        topicId = BROKER.createTopic(topic, PARTITIONS);
        judge = Judge.withDuckDb(root(), BROKER.clusterId());
        stored = new StoredOffsets(judge, topic, topicId);
    }

    @AfterEach
    void closeJudge() {
        judge.close();
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void sigtermPublishesOpenSegmentsAndTheNextRunGoesOnBehindThem() throws Exception {
        produce(20_000);
        // Only size can seal a segment before the stop: the last, unfinished one of each partition stays open.
        List<String> patient = List.of("--segment-age", "10min", "--checkpoint-interval", "10min");
        try (KafkaBackupProcess backup = startBackup(patient)) {
            // Everything lies in one fetch; when no more segments come, the rest has been read as well.
            AtomicReference<NavigableMap<Integer, Long>> last = new AtomicReference<>(new TreeMap<>());
            await("a full segment in every partition, and then no more")
                    .atMost(PATIENCE)
                    .during(Duration.ofSeconds(2))
                    .until(() -> {
                        NavigableMap<Integer, Long> covered = stored.coveredUpTo();
                        return covered.equals(last.getAndSet(covered)) && covered.size() == PARTITIONS;
                    });
            assertThat(stored.hold(produced)).as("all is stored already").isFalse();

            backup.sendTerm();
            backup.assertEndsWith(0, PATIENCE);
        }
        assertExact();
        int segments = stored.segmentCount();

        produce(1_000);
        runOnce();
        assertExact();
        assertThat(stored.segmentCount()).as("segments after the second run").isGreaterThan(segments);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void onceEndsByItselfWithEverythingAndAgainWithNothingMoreToDo() throws Exception {
        produce(1_000);
        try (RecordingProducer producer = RecordingProducer.transactional(BROKER.bootstrapServers(), produced, topic)) {
            producer.beginTransaction();
            send(producer, 100);
            producer.commitTransaction();
            // The log ends with records that nobody is to read.
            producer.beginTransaction();
            send(producer, 100);
            producer.abortTransaction();
        }
        runOnce();
        assertExact();

        Map<Path, FileTime> segments = segments();
        runOnce();
        assertThat(segments()).as("segments after a run without new records").isEqualTo(segments);
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void storageThatIsAwayAtTheStopIsToldAndTheNextRunReadsAgainWhatItMissed() throws Exception {
        produce(300);
        List<String> impatient =
                List.of("--segment-age", "500ms", "--checkpoint-interval", "500ms", "--stop-timeout", "3s");
        Path topics = root().resolve("topics");
        Path away = root().resolve("topics-away");
        try (KafkaBackupProcess backup = startBackup(impatient)) {
            await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
            Files.move(topics, away);
            Files.writeString(topics, "in the way");
            produce(300);
            await("what was read since to wait for the storage")
                    .atMost(PATIENCE)
                    .until(() ->
                            backup.errorLines().stream().anyMatch(line -> line.contains("cannot be published yet")));

            backup.sendTerm();
            backup.assertEndsWith(1, PATIENCE);
            assertThat(backup.errorLines())
                    .as("%s", backup)
                    .last()
                    .asString()
                    .isEqualTo("kafka-backup: Not everything that was read could be published within --stop-timeout 3s:"
                            + " it is not lost, the next start reads it again from Kafka");
        }
        Files.delete(topics);
        Files.move(away, topics);

        runOnce();
        assertExact();
    }

    private void produce(int count) {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            send(producer, count);
        }
    }

    private void send(RecordingProducer producer, int count) {
        for (int i = 0; i < count; i++) {
            producer.send(records.next(topic, i % PARTITIONS));
        }
    }

    private void runOnce() throws InterruptedException {
        try (KafkaBackupProcess backup = startBackup(List.of("--once"))) {
            backup.assertEndsWith(0, PATIENCE);
            assertThat(backup.outputLines()).as("standard output of %s", backup).isEmpty();
        }
    }

    private KafkaBackupProcess startBackup(List<String> options) {
        List<String> arguments = new ArrayList<>(List.of(
                "backup",
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--include",
                topic,
                "--segment-bytes",
                "64kb",
                "--web-port",
                "0"));
        arguments.addAll(options);
        return KafkaBackupProcess.start(folder, arguments);
    }

    /** With the moments at which they were written. */
    private Map<Path, FileTime> segments() throws IOException {
        Map<Path, FileTime> segments = new TreeMap<>();
        for (List<SegmentFile> partition : judge.segments(topic, topicId).values()) {
            for (SegmentFile segment : partition) {
                segments.put(segment.path(), Files.getLastModifiedTime(segment.path()));
            }
        }
        return segments;
    }

    private Path root() {
        return folder.resolve("backup");
    }

    private void assertExact() throws Exception {
        judge.assertComplete(produced, topic, topicId);
        judge.assertNoOverlap(topic, topicId);
        judge.assertContiguous(topic, topicId);
        assertThat(stored.coveredUpTo())
                .as("covered up to the last stable offsets")
                .isEqualTo(stored.lastStable(BROKER.admin(), PARTITIONS));
        assertThat(judge.visibleTemporaryFiles()).as("temporary files").isEmpty();
    }
}
