// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SplittableRandom;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/** A topic is deleted and created again at random moments while it is produced to and backed up: I5. */
class ManyIncarnationsIT {

    private static final String TOPIC = "churned";

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @RegisterExtension
    final LoggerAuditingExtension source = new LoggerAuditingExtension("dev.kafkabackup.backup.source", Level.INFO);

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();
    private TestBackup backup;

    /** Partitions of each incarnation, oldest first. */
    private final Map<Uuid, Integer> incarnations = new LinkedHashMap<>();

    @AfterEach
    void deleteTheLastOne() {
        BROKER.deleteTopic(TOPIC);
    }

    @Test
    @Timeout(180)
    void everyIncarnationIsStoredFromItsFirstOffsetOnUnderItsOwnId() throws Exception {
        churn(22);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void everyIncarnationIsStoredFromItsFirstOffsetOnUnderItsOwnIdThreeHundredTimes() throws Exception {
        churn(300);
    }

    private void churn(int count) throws Exception {
        RandomRecords records = RandomRecords.small();
        SplittableRandom random = new SplittableRandom(records.seed());
        List<Uuid> readUpToSomewhere = new ArrayList<>();
        backup = new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, TOPIC);
        try (RunningBackup job = backup.start()) {
            for (int i = 1; i < count; i++) {
                Uuid id = create(1 + random.nextInt(3));
                try (SteadyLoad load = SteadyLoad.start(BROKER.bootstrapServers(), log, TOPIC, 3_000, records)) {
                    int moment = random.nextInt(4);
                    if (moment == 0) {
                        // maybe before anything of it can be read
                        int sent = random.nextInt(1, 50);
                        await().pollInterval(Duration.ofMillis(5)).until(() -> load.sentCount() >= sent);
                    } else {
                        backup.awaitCovered(partition(id, 0), random.nextInt(1, moment == 1 ? 1_000 : 100));
                        readUpToSomewhere.add(id);
                    }
                    BROKER.deleteTopic(TOPIC);
                }
            }
            Uuid last = create(2);
            try (SteadyLoad load = SteadyLoad.start(BROKER.bootstrapServers(), log, TOPIC, 3_000, records)) {
                backup.awaitCovered(partition(last, 1), 200);
                load.stop();
            }
            backup.awaitCovered(log, TOPIC, last);
            for (Uuid id : incarnations.keySet()) {
                await("metadata of " + id)
                        .untilAsserted(
                                () -> assertMetadata(id, id.equals(last) ? TopicState.LIVE : TopicState.DELETED));
            }
            await("what was never read to be logged").untilAsserted(this::assertThatWhatWasNeverReadIsLogged);
            assertThat(job.status()).as("never restarted").isEqualTo(JobStatus.RUNNING);
            // whatever was handed to the sink
            job.stopWithSavepoint(true, folder.resolve("savepoint"));
            backup.assertComplete(log, TOPIC, last);
        }
        for (Uuid id : incarnations.keySet()) {
            assertIsTheBeginning(id);
        }
        assertThat(readUpToSomewhere).allMatch(this::isStored);
        System.out.println(incarnations.keySet().stream().filter(this::isStored).count() + " of " + count
                + " incarnations lived long enough to be read");
    }

    private Uuid create(int partitions) {
        Uuid id = BROKER.createTopic(TOPIC, partitions);
        incarnations.put(id, partitions);
        return id;
    }

    private static TopicIdPartition partition(Uuid id, int number) {
        return new TopicIdPartition(id, number, TOPIC);
    }

    private boolean isStored(Uuid id) {
        for (int number = 0; number < incarnations.getOrDefault(id, 0); number++) {
            if (!backup.coverage(partition(id, number)).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    /** What is stored are the first records that were produced to this incarnation, without a hole and nothing else. */
    private void assertIsTheBeginning(Uuid id) {
        for (int number = 0; number < incarnations.getOrDefault(id, 0); number++) {
            TopicIdPartition partition = partition(id, number);
            backup.assertEachOffsetInOneSegment(partition);
            NavigableMap<Long, ProducedRecord> acknowledged = log.records(partition);
            List<ProducedRecord> inDoubt = new ArrayList<>(log.inDoubt(partition));
            List<ProducedRecord> stored = backup.records(partition);
            for (int offset = 0; offset < stored.size(); offset++) {
                ProducedRecord record = stored.get(offset);
                assertThat(record.offset()).as("offset in %s", partition).isEqualTo(offset);
                if (acknowledged.containsKey(record.offset())) {
                    assertThat(record).as("in %s", partition).isEqualTo(acknowledged.get(record.offset()));
                } else {
                    assertThat(inDoubt.remove(record.at(ProducedRecord.UNKNOWN_OFFSET)))
                            .as("%s in %s was produced", record, partition)
                            .isTrue();
                }
            }
            assertThat(backup.coverage(partition).endOffset())
                    .as("end of %s", partition)
                    .isEqualTo(stored.size());
        }
    }

    /** Metadata is there if anything else is. */
    private void assertMetadata(Uuid id, TopicState state) throws IOException {
        List<TopicMetadata> history = new TopicMetadataStore(backup.storage()).history(new TopicIncarnation(TOPIC, id));
        if (history.isEmpty() && !isStored(id)) {
            return;
        }
        assertThat(history).as("metadata of %s", id).isNotEmpty();
        assertThat(history.get(0).state()).isEqualTo(TopicState.LIVE);
        assertThat(history.get(history.size() - 1).state()).isEqualTo(state);
        assertThat(history).allMatch(metadata -> metadata.partitions() == incarnations.getOrDefault(id, 0));
    }

    private void assertThatWhatWasNeverReadIsLogged() {
        List<String> messages = source.getMessages();
        for (Uuid id : incarnations.keySet()) {
            for (int number = 0; number < incarnations.getOrDefault(id, 0); number++) {
                String partition = partition(id, number).toString();
                boolean found = messages.contains("New partition " + partition);
                boolean read = messages.contains("Reading " + partition + " from offset 0");
                if (found && !read) {
                    assertThat(messages)
                            .anyMatch(message -> message.startsWith(partition)
                                    && message.endsWith(" was gone before anything of it was read"));
                }
            }
        }
    }
}
