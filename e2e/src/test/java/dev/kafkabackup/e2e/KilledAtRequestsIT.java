// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.proxy.RequestPoint;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.testing.SteadyLoad;
import dev.kafkabackup.testing.Turnstile.Direction;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the backup at requests to Kafka and to the storage, before the server has seen them or before the answer has
 * arrived: one process after the other on one root, under a load that never pauses. Half of them begin without any
 * Flink state, the others with what the one before has left.
 */
class KilledAtRequestsIT {

    private static final RequestTurnstile TURNSTILE = new RequestTurnstile(ProxiedBackup::kind);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(new KafkaProxy().through(TURNSTILE));

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROOT = "root";
    private static final String TOPIC = "killed";
    private static final int PARTITIONS = 4;
    private static final int RECORDS_PER_SECOND = 300;
    /** A topic that is a new incarnation at every start. */
    private static final String REPLACED = "killed-replaced";

    /**
     * What comes once in the life of a root, the first segments, and a run that is like all that follow: it tells how
     * many requests of each kind there are.
     */
    private static final List<RequestPoint> BEGINNING = List.of(
            new RequestPoint("PUT root", 1, Direction.REQUEST),
            new RequestPoint("PUT root", 1, Direction.ANSWER),
            new RequestPoint("PUT segment", 1, Direction.REQUEST),
            new RequestPoint("PUT segment", 3 * PARTITIONS, Direction.ANSWER));

    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.seeded();
    private final RandomRecords replacedRecords = new RandomRecords(records.seed() + 1);
    private final Random random = new Random(records.seed());
    private final List<Uuid> incarnations = new ArrayList<>();
    private int resumed;

    @TempDir
    private Path folder;

    @Test
    @Timeout(300)
    void whereverTheBackupIsKilledEveryRecordIsStoredOnce() throws Exception {
        killAt(6, 6);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void atFiftyRequestsAndMoreTheBackupIsKilledAndEveryRecordIsStoredOnce() throws Exception {
        assertThat(killAt(35, 35)).isGreaterThanOrEqualTo(50);
    }

    /** @return how many points there were */
    private int killAt(int storagePoints, int kafkaPoints) throws Exception {
        Uuid topicId = BROKER.createTopic(TOPIC, PARTITIONS);
        Path copy = folder.resolve("copy");
        try (ProxiedBackup backup = ProxiedBackup.start(folder, BROKER.bootstrapServers(), TURNSTILE);
                Judge live = Judge.withDuckDb(backup.files(ROOT), BROKER.clusterId());
                Judge judge = Judge.withDuckDb(copy, BROKER.clusterId());
                SteadyLoad load =
                        SteadyLoad.start(BROKER.bootstrapServers(), produced, TOPIC, RECORDS_PER_SECOND, records);
                SteadyTransactions transactions = SteadyTransactions.start(
                        BROKER.bootstrapServers(), produced, TOPIC, PARTITIONS, new RandomRecords(~records.seed()))) {
            List<RequestPoint> points = new ArrayList<>(BEGINNING);
            for (int i = 0; i < points.size(); i++) {
                if (i % 2 == 0) {
                    backup.forgetFlinkState();
                }
                killAt(points.get(i), backup);
                if (i == BEGINNING.size() - 1) {
                    points.addAll(choose(TURNSTILE.requests(), storagePoints, kafkaPoints));
                }
            }
            StoredOffsets stored = new StoredOffsets(live, TOPIC, topicId);
            assertThat(stored.hold(produced)).as("all is stored already").isFalse();
            replaceTopic();
            try (ProxiedBackup.Run run = start(backup)) {
                load.stop();
                transactions.stop();
                await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
                Uuid last = incarnations.get(incarnations.size() - 1);
                StoredOffsets storedOfLast = new StoredOffsets(live, REPLACED, last);
                await("every record to be covered")
                        .atMost(PATIENCE)
                        .until(() -> storedOfLast.coveredUpTo().size() == 1 && storedOfLast.hold(produced));
                run.process().sendTerm();
                run.process().assertEndsWith(0, PATIENCE);
                noteIfResumed(run);
            }
            System.out.printf("Killed at %d points, %d runs began with Flink state: %s%n", points.size(), resumed, points);
            assertThat(resumed).as("runs that began with Flink state").isPositive();

            backup.download(ROOT, copy);
            judge.assertComplete(produced, TOPIC, topicId);
            judge.assertNoOverlap(TOPIC, topicId);
            judge.assertContiguous(TOPIC, topicId);
            StoredOffsets downloaded = new StoredOffsets(judge, TOPIC, topicId);
            assertThat(downloaded.coveredUpTo())
                    .as("covered up to the last stable offsets, markers and aborted records included")
                    .isEqualTo(downloaded.lastStable(BROKER.admin(), PARTITIONS));
            assertReplacedTopicKeptApart(judge);
            return points.size();
        }
    }

    private List<RequestPoint> choose(NavigableMap<String, Integer> recorded, int storagePoints, int kafkaPoints) {
        System.out.println("Requests of a run: " + recorded);
        List<RequestPoint> points = new ArrayList<>();
        points.addAll(RequestPoint.choose(
                recorded, ProxiedBackup::isStorage, storagePoints - BEGINNING.size(), random));
        points.addAll(RequestPoint.choose(recorded, kind -> !ProxiedBackup.isStorage(kind), kafkaPoints, random));
        Collections.shuffle(points, random);
        return points;
    }

    private void killAt(RequestPoint point, ProxiedBackup backup) throws Exception {
        replaceTopic();
        TURNSTILE.keepAt(point);
        try (ProxiedBackup.Run run = start(backup)) {
            assertThat(TURNSTILE.awaitReached(PATIENCE))
                    .as("%s is reached; up to now there were %s in %s", point, TURNSTILE.requests(), run.process())
                    .isTrue();
            run.process().kill();
            TURNSTILE.lose();
            noteIfResumed(run);
        }
    }

    private void noteIfResumed(ProxiedBackup.Run run) {
        resumed += run.count("Restoring job") > 0 ? 1 : 0;
    }

    private static ProxiedBackup.Run start(ProxiedBackup backup) {
        return backup.startBackup(
                ROOT,
                TOPIC + ".*",
                "--checkpoint-dir",
                backup.checkpoints().toString());
    }

    /** While no backup runs, so that each one has something new to find. */
    private void replaceTopic() {
        if (!incarnations.isEmpty()) {
            BROKER.deleteTopic(REPLACED);
        }
        incarnations.add(BROKER.createTopic(REPLACED, 1));
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), produced)) {
            for (int i = 0; i < 100; i++) {
                producer.send(replacedRecords.next(REPLACED, 0));
            }
        }
    }

    private void assertReplacedTopicKeptApart(Judge judge) {
        assertThat(judge.incarnations(REPLACED)).isSubsetOf(incarnations);
        for (Uuid incarnation : incarnations) {
            judge.assertCompleteAsFarAsCovered(produced, REPLACED, incarnation);
            judge.assertNoOverlap(REPLACED, incarnation);
            judge.assertContiguous(REPLACED, incarnation);
        }
        judge.assertComplete(produced, REPLACED, incarnations.get(incarnations.size() - 1));
    }
}
