// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One process with 1 GiB of heap backs up 2,000 partitions, whether they are idle, trickle or are all loaded. */
@Timeout(600)
class ManyPartitionsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int PARTITIONS = 2_000;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final ProducedLog produced = new ProducedLog();
    private final SplittableRandom random = new SplittableRandom(Long.getLong("test.seed", 7));

    @TempDir
    private Path folder;

    @Test
    @Tag("long")
    void idleAndTricklingAndLoadedPartitionsFitIntoOneGibibyte() throws Exception {
        fitIntoOneGibibyte(20, 400);
    }

    /** @param loadedRecords of about 1 KiB for each partition, as fast as they can be produced */
    private void fitIntoOneGibibyte(int trickledRecords, int loadedRecords) throws Exception {
        Uuid id = BROKER.createTopic("many", PARTITIONS);
        try (KafkaBackupProcess backup = start();
                RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced);
                Judge judge = Judge.withParquetAvro(root(), BROKER.clusterId())) {
            StoredOffsets stored = new StoredOffsets(judge, "many", id);
            for (int i = 0; i < trickledRecords; i++) {
                toAll(producer, 100);
            }
            await("what trickled in").atMost(PATIENCE).until(() -> !backup.isAlive() || stored.hold(produced));
            for (int i = 0; i < loadedRecords; i++) {
                toAll(producer, 1_000);
            }
            producer.flush();
            await("all records").atMost(PATIENCE).until(() -> !backup.isAlive() || stored.hold(produced));
            backup.sendTerm();
            backup.assertEndsWith(0, PATIENCE);
            judge.assertComplete(produced, "many", id);
        }
    }

    private void toAll(RecordingProducer producer, int bytes) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            byte[] value = new byte[bytes];
            random.nextBytes(value);
            producer.send(new ProducerRecord<>("many", partition, null, value));
        }
        producer.flush();
    }

    private KafkaBackupProcess start() {
        return KafkaBackupProcess.start(
                folder,
                Map.of("JAVA_OPTS", "-Xmx1g -XX:+ExitOnOutOfMemoryError" + System.getProperty("extra.opts", "")),
                List.of(
                        "backup",
                        "--bootstrap-server",
                        BROKER.bootstrapServers(),
                        "--storage",
                        root().toString(),
                        "--include",
                        "many",
                        "--checkpoint-interval",
                        "10s",
                        "--web-port",
                        "0"));
    }

    private Path root() {
        return folder.resolve("backup");
    }
}
