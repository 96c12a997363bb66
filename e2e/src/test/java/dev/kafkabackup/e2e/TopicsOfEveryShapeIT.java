// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Topics with one partition, with many, without records, with names of every kind of character, and with logs and
 * records of every rare kind go all the way.
 */
@Timeout(180)
class TopicsOfEveryShapeIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().with("log.cleaner.backoff.ms", "100");

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String EMPTY = "empty";
    private static final String RESTORE_ID = "every-shape";

    /** Partitions by name. */
    private static final Map<String, Integer> TOPICS =
            Map.of("one", 1, "fifty", 50, EMPTY, 3, "With.dots-and-dashes_and_underscores..0", 2);

    private final Map<String, Uuid> topicIds = new LinkedHashMap<>();

    @TempDir
    private Path folder;

    @Test
    void allOfThemComeBackAsTheyWere() throws Exception {
        TOPICS.forEach((topic, partitions) -> topicIds.put(topic, BROKER.createTopic(topic, partitions)));
        ProducedLog random = produceRandom();
        RareRecords rare = RareRecords.produce(BROKER);
        topicIds.putAll(rare.topicIds());
        ProducedLog rareLeft = rare.left();
        Map<String, Integer> partitions = partitions();

        run("backup", List.of("--include", ".*", "--once"));
        try (Judge judge = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            for (Map.Entry<String, Uuid> topic : topicIds.entrySet()) {
                StoredOffsets stored = new StoredOffsets(judge, topic.getKey(), topic.getValue());
                assertThat(stored.coveredUpTo())
                        .as("end of each partition of %s, markers and aborted records included", topic.getKey())
                        .isEqualTo(stored.lastStable(BROKER.admin(), partitions.getOrDefault(topic.getKey(), 0)));
            }
        }
        try (Judge duckDb = Judge.withDuckDb(root(), BROKER.clusterId());
                Judge parquetAvro = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            topicIds.forEach((topic, id) -> {
                for (Judge judge : List.of(duckDb, parquetAvro)) {
                    judge.assertComplete(TOPICS.containsKey(topic) ? random : rareLeft, topic, id);
                    judge.assertNoOverlap(topic, id);
                    judge.assertContiguous(topic, id);
                    assertThat(judge.incarnations(topic)).containsExactly(id);
                }
            });
        }

        topicIds.keySet().forEach(BROKER::deleteTopic);
        List<String> options = new ArrayList<>(List.of("--restore-id", RESTORE_ID));
        topicIds.keySet().forEach(topic -> options.addAll(List.of("--topic", topic)));
        run("restore", options);

        TargetJudge judge = new TargetJudge(BROKER.bootstrapServers());
        Path offsetMap = root().resolve("restores").resolve(RESTORE_ID).resolve("offset-map");
        topicIds.forEach((topic, id) -> {
            ProducedLog produced = TOPICS.containsKey(topic) ? random : rareLeft;
            judge.assertHolds(produced, topic, id, topic);
            judge.assertOffsetMapLeads(offsetMap, produced, topic, id, topic);
            assertThat(BROKER.topicId(topic)).isNotEqualTo(id);
        });
        assertThat(partitions()).isEqualTo(partitions);
    }

    private Map<String, Integer> partitions() throws Exception {
        Map<String, Integer> partitions = new TreeMap<>();
        BROKER.admin()
                .describeTopics(topicIds.keySet())
                .allTopicNames()
                .get()
                .forEach((topic, described) ->
                        partitions.put(topic, described.partitions().size()));
        return partitions;
    }

    private ProducedLog produceRandom() {
        ProducedLog produced = new ProducedLog();
        RandomRecords records = RandomRecords.seeded();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            TOPICS.forEach((topic, partitions) -> {
                // A few partitions of the large topic stay empty, too.
                for (int i = 0; i < 600 && !topic.equals(EMPTY); i++) {
                    producer.send(records.next(topic, i % Math.min(partitions, 45)));
                }
            });
        }
        return produced;
    }

    private void run(String command, List<String> options) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                BROKER.bootstrapServers(),
                "--storage",
                root().toString(),
                "--web-port",
                "0"));
        arguments.addAll(options);
        try (KafkaBackupProcess process = KafkaBackupProcess.start(folder, arguments)) {
            process.assertEndsWith(0, PATIENCE);
        }
    }

    private Path root() {
        return folder.resolve("backup");
    }
}
