// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Kafka still has is found missing, and comes back; what it does not have is said, and nothing is thrown away. */
@Timeout(120)
class HealingIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int RECORDS = 60;
    private static final String OWN_GROUP = "kafka-backup";

    /** In Kafka nothing happens to it. */
    private static TopicIncarnation faulty;

    @TempDir
    private Path folder;

    @BeforeAll
    static void produceWhatStays() throws Exception {
        faulty = produce("faulty");
        commit("billing", faulty, 17);
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsFoundAndHealed(Fault fault) throws Exception {
        TopicIncarnation topic = faulty;
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 5));
            assertThat(verify(backup, live, topic).findings()).isEmpty();

            fault.apply(new Faults(folder, topic));

            BackupVerification.Result broken = verify(backup, live, topic);
            assertThat(broken.findings()).extracting(Finding::kind).containsAnyElementsOf(fault.found());
            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
            healing.heal(broken);
            assertThat(healing.left()).isEmpty();
            assertThat(healing.done()).isNotEmpty();
            assertThat(verify(backup, live, topic).findings()).isEmpty();
        }
    }

    /** After a kill at any call to the storage nothing is lost that was there, and the next healing finishes. */
    @Test
    void whoeverIsKilledWhileHealingLosesNothing() throws Exception {
        TopicIncarnation topic = produce("killed");
        try (LiveTopics live = live()) {
            int calls = 0;
            boolean killed = true;
            while (killed) {
                try (StoredBackup backup = backup(topic)) {
                    Faults faults = new Faults(folder, topic);
                    backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 5));
                    // two that Kafka does not have any more change places, others are lost, or lie in a wrong place
                    backup.segment(topic.partition(0), RECORDS, RECORDS + 10, 0);
                    backup.segment(topic.partition(0), RECORDS + 10, RECORDS + 30, 0);
                    faults.swap(6, 7);
                    faults.remove(0);
                    faults.flip(2, 30);
                    faults.move(4, "partition=00007");
                    faults.breakNewestMetadata();
                    faults.breakGroups();

                    killed = isKilled(backup, live, topic, calls);
                    calls++;

                    Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
                    healing.heal(verify(backup, live, topic));
                    assertThat(healing.left()).as("after call %d", calls).isEmpty();
                    BackupVerification.Result after = verify(backup, live, topic);
                    assertThat(after.findings()).as("after call %d", calls).isEmpty();
                    assertThat(after.partitions())
                            .as("after call %d", calls)
                            .filteredOn(partition -> partition.partition().partition() == 0)
                            .singleElement()
                            .satisfies(partition ->
                                    assertThat(faults.offsets(0)).containsExactly(new OffsetRange(0, RECORDS + 30)));
                }
                delete(folder);
            }
            assertThat(calls).as("calls at which it was killed").isGreaterThan(12);
        }
    }

    /** @return whether it was killed, and had not ended before */
    private static boolean isKilled(StoredBackup backup, LiveTopics live, TopicIncarnation topic, int call)
            throws IOException {
        BackupVerification.Result broken = verify(backup, live, topic);
        try {
            new Healing(new KilledStorage(backup.storage(), call), BROKER.clusterId(), live, OWN_GROUP).heal(broken);
            return false;
        } catch (KilledStorage.Killed e) {
            return true;
        }
    }

    @Test
    void aDamagedGroupSnapshotGivesWayToWhatKafkaSays() throws Exception {
        TopicIncarnation topic = produce("grouped");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            GroupOffset deleted = new GroupOffset("billing", "gone", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, 9);
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 5), deleted);
            new Faults(folder, topic).breakGroups();
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 6), deleted);
            new Faults(folder, topic).breakGroups();
            backup.groups(new GroupOffset("audit", topic.name(), topic.id(), 0, 1), deleted);
            commit("billing", topic, 17);
            commit("new", topic, 3);
            commit(OWN_GROUP, topic, 60);

            new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP).heal(verify(backup, live, topic));

            // what Kafka has forgotten with its topic is still what the group goes on from after a restore
            assertThat(new GroupHistory(backup.storage()).asOf(Instant.MAX).all())
                    .filteredOn(offset -> !offset.topic().equals("faulty"))
                    .containsExactlyInAnyOrder(
                            deleted,
                            new GroupOffset("audit", topic.name(), topic.id(), 0, 1),
                            new GroupOffset("billing", topic.name(), topic.id(), 0, 17),
                            new GroupOffset("new", topic.name(), topic.id(), 0, 3));
        }
    }

    @Test
    void metadataOfATopicThatKafkaDoesNotHaveStaysUnlessItIsKnownWhatCameAfterIt() throws Exception {
        TopicIncarnation topic = new TopicIncarnation("never-there", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.segment(topic.partition(0), 0, 10, 0);
            backup.metadata(topic, 1);
            Faults faults = new Faults(folder, topic);
            faults.breakNewestMetadata();

            Healing helpless = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
            helpless.heal(verify(backup, live, topic));
            assertThat(helpless.left()).hasSize(2).anyMatch(line -> line.contains("meta/"));
            assertThat(faults.metadata()).hasSize(1);

            backup.metadata(topic, 1);
            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
            healing.heal(verify(backup, live, topic));
            assertThat(faults.metadata()).hasSize(1);
            assertThat(healing.done()).singleElement().asString().contains("meta/");
        }
    }

    @Test
    void whatKafkaDoesNotHaveAnyMoreStaysAsItIs() throws Exception {
        TopicIncarnation topic = produce("expired");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            deleteBefore(topic, 15);
            Path second = segments(topic).get(1);
            flip(second);

            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
            healing.heal(verify(backup, live, topic));

            assertThat(healing.left())
                    .singleElement()
                    .asString()
                    .contains(second.getFileName().toString());
            assertThat(second).exists();
            assertThat(verify(backup, live, topic).findings())
                    .extracting(Finding::kind)
                    .contains(Kind.DAMAGED);
        }
    }

    /** After a truncation the backup may know more than the log, and half an object is more than nothing. */
    @Test
    void whatLiesBehindTheEndOfKafkasLogStaysAsItIs() throws Exception {
        TopicIncarnation topic = produce("shorter");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            backup.segment(topic.partition(0), RECORDS, RECORDS + 10, 0);
            Path last = segments(topic).get(segments(topic).size() - 1);
            Files.write(last, Arrays.copyOf(Files.readAllBytes(last), 100));

            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
            healing.heal(verify(backup, live, topic));

            assertThat(healing.left())
                    .singleElement()
                    .asString()
                    .contains(last.getFileName().toString());
            assertThat(last).exists();
        }
    }

    @Test
    void aRecordThatIsNotTheOneInKafkaIsFound() throws Exception {
        TopicIncarnation topic = produce("differing");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            List<Path> segments = segments(topic);
            Files.delete(segments.get(0));
            backup.segment(topic.partition(0), 0, 10, 0);

            BackupVerification.Result found = verify(backup, live, topic);
            assertThat(found.findings()).extracting(Finding::kind).containsOnly(Kind.DIFFERS);
            assertThat(found.findings().get(0).what()).contains("offset 0");

            new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP).heal(found);
            assertThat(verify(backup, live, topic).findings()).isEmpty();
        }
    }

    @Test
    void everySegmentThatDiffersIsHealedHoweverManyThereAre() throws Exception {
        TopicIncarnation topic = produce("differing-much");
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.metadata(topic, 2);
            for (int start = 0; start < RECORDS; start += 10) {
                backup.segment(topic.partition(0), start, start + 10, start);
            }

            heal(backup, live, topic);

            assertThat(verify(backup, live, topic).findings()).isEmpty();
        }
    }

    @Test
    void theGapBeforeADamagedSegmentIsStillKnownAfterHealing() throws Exception {
        TopicIncarnation topic = produce("gapped");
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.metadata(topic, 2);
            backup.copy(connection(), topic.partition(0), 10, 10);
            deleteBefore(topic, 20);
            flip(backup.segment(topic.partition(0), 20, 30, 10));

            heal(backup, live, topic);
            assertThat(verify(backup, live, topic).findings())
                    .extracting(Finding::kind)
                    .containsExactly(Kind.GAP);

            // nothing is left of it that says so, but Kafka still does
            Files.delete(segments(topic).get(1));
            heal(backup, live, topic);
            assertThat(verify(backup, live, topic).findings())
                    .extracting(Finding::kind)
                    .containsExactly(Kind.GAP);
        }
    }

    /** What an unclean leader election took out of the log does not come back because its successor is damaged. */
    @Test
    void aDamagedSegmentStaysWhereOnlyTruncatedRecordsWouldTakeItsPlace() throws Exception {
        TopicIncarnation topic = produce("truncated");
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.metadata(topic, 2);
            backup.copy(connection(), topic.partition(0), 10, 10);
            backup.segment(topic.partition(0), 10, 20, 10, 0);
            Path damaged = backup.segment(topic.partition(0), 10, 20, 10, 1);
            byte[] bytes = Files.readAllBytes(damaged);
            Arrays.fill(bytes, bytes.length - 20, bytes.length, (byte) 0);
            Files.write(damaged, bytes);
            deleteBefore(topic, 30);

            Healing healing = heal(backup, live, topic);

            assertThat(damaged).exists();
            assertThat(healing.left())
                    .singleElement()
                    .asString()
                    .contains(damaged.getFileName().toString());
        }
    }

    @Test
    void whatTakesTheDamagedSegmentsPlaceOverrulesAllThatItOverruled() throws Exception {
        TopicIncarnation topic = produce("truncated-again");
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.metadata(topic, 2);
            backup.copy(connection(), topic.partition(0), 10, 10);
            // behind the end of the log, where nothing can be compared
            backup.segment(topic.partition(0), RECORDS, RECORDS + 10, 10, 0);
            Path damaged = backup.segment(topic.partition(0), 10, RECORDS, 10, 1);
            flip(damaged);

            heal(backup, live, topic);

            assertThat(damaged).doesNotExist();
            assertThat(new Catalog(backup.storage())
                            .segments(topic.partition(0))
                            .coverage()
                            .ranges())
                    .containsExactly(new OffsetRange(0, RECORDS));
        }
    }

    @Test
    void aSegmentInAWrongPlaceComesHomeAlsoWhereTruncatedRecordsLie() throws Exception {
        TopicIncarnation topic = produce("misplaced");
        try (StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
                LiveTopics live = live()) {
            backup.metadata(topic, 2);
            backup.copy(connection(), topic.partition(0), 10, 10);
            backup.segment(topic.partition(0), 10, 20, 10, 0);
            Path right = backup.segment(topic.partition(0), 10, 20, 10, 1);
            deleteBefore(topic, 30);
            new Faults(folder, topic).move(segments(topic).indexOf(right), "partition=00001");

            heal(backup, live, topic);

            assertThat(right).exists();
        }
    }

    private static Healing heal(StoredBackup backup, LiveTopics live, TopicIncarnation topic) throws IOException {
        Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live, OWN_GROUP);
        healing.heal(verify(backup, live, topic));
        return healing;
    }

    /** Such that its footer can still be read. */
    private static void flip(Path segment) throws IOException {
        byte[] flipped = Files.readAllBytes(segment);
        flipped[30] ^= 1;
        Files.write(segment, flipped);
    }

    private static void deleteBefore(TopicIncarnation topic, long offset) throws Exception {
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    private static void commit(String group, TopicIncarnation topic, long offset) throws Exception {
        BROKER.admin()
                .alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic.name(), 0), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static TopicIncarnation produce(String name) {
        TopicIncarnation topic = new TopicIncarnation(name, BROKER.createTopic(name, 2));
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = ("value " + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(name, 0, null, value));
            }
        }
        return topic;
    }

    /** Segments of ten records each, read from Kafka piece by piece: what is missing is all of it at first. */
    private StoredBackup backup(TopicIncarnation topic) throws IOException {
        StoredBackup backup = new StoredBackup(folder, BROKER.clusterId());
        backup.metadata(topic, 2);
        backup.metadata(topic, 2);
        backup.copy(connection(), topic.partition(0), RECORDS, 10);
        return backup;
    }

    private static KafkaConnection connection() {
        return new KafkaConnection(BROKER.bootstrapServers(), Map.of());
    }

    private static LiveTopics live() {
        return new LiveTopics(connection(), BROKER.clusterId());
    }

    private List<Path> segments(TopicIncarnation topic) throws IOException {
        try (var files =
                Files.list(folder.resolve("topics/topic=" + topic.name() + "/id=" + topic.id() + "/partition=00000"))) {
            return files.sorted().toList();
        }
    }

    private static BackupVerification.Result verify(StoredBackup backup, LiveTopics live, TopicIncarnation topic)
            throws IOException {
        try (BackupVerification verification =
                new BackupVerification(backup.storage(), BROKER.clusterId(), true, live, 1)) {
            return verification.run(List.of(topic.name()), true, new VerificationProgress());
        }
    }
}
