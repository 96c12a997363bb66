// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An object store that takes connections and requests, and never answers. */
@Timeout(180)
class HangingStorageIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOPIC = "hanging";

    private final RequestTurnstile turnstile = new RequestTurnstile(ProxiedBackup::kind);
    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.small();

    @TempDir
    private Path folder;

    @Test
    void aStopGivesUpAfterItsTimeout() throws Exception {
        Uuid topicId = BROKER.createTopic(TOPIC, 1);
        produce();
        try (ProxiedBackup backup = ProxiedBackup.start(folder, BROKER.bootstrapServers(), turnstile);
                Judge judge = Judge.withDuckDb(backup.files("root"), BROKER.clusterId());
                ProxiedBackup.Run run = backup.startBackup("root", TOPIC, "--stop-timeout", "3s")) {
            StoredOffsets stored = new StoredOffsets(judge, TOPIC, topicId);
            await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
            backup.freezeServer();
            turnstile.countAnew();
            produce();
            await("an upload")
                    .atMost(PATIENCE)
                    .until(() -> turnstile.requests().keySet().stream().anyMatch(kind -> kind.endsWith(" segment")));

            run.process().sendTerm();
            run.process().assertEndsWith(1, Duration.ofSeconds(20));
            assertThat(run.process().errorLines()).last().asString().contains("--stop-timeout 3s");
        }
    }

    private void produce() {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < 100; i++) {
                producer.send(records.next(TOPIC, 0));
            }
        }
    }
}
