// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Kafka still has is found missing, and comes back, however often the healing is killed. */
class HealingIT extends HealedBackups {

    /** In Kafka nothing happens to it. */
    private static TopicIncarnation faulty;

    @BeforeAll
    static void produceWhatStays() throws Exception {
        faulty = produce("faulty");
        commit("billing", faulty, 17);
    }

    @ParameterizedTest
    @EnumSource
    void everyFaultIsFoundAndHealed(Fault fault) throws Exception {
        TopicIncarnation topic = faulty;
        try (StoredBackup backup = backupOf(topic);
                LiveTopics live = live()) {
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 5));
            assertThat(verify(backup, live, topic).findings()).isEmpty();

            fault.apply(new Faults(folder, topic));

            BackupVerification.Result broken = verify(backup, live, topic);
            assertThat(broken.findings()).extracting(Finding::kind).containsAnyElementsOf(fault.found());
            Healing healing = healing(backup.storage(), live);
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
                try (StoredBackup backup = backupOf(topic)) {
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

                    Healing healing = healing(backup.storage(), live);
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
            healing(new KilledStorage(backup.storage(), call), live).heal(broken);
            return false;
        } catch (KilledStorage.Killed e) {
            return true;
        }
    }

    @Test
    void aRecordThatIsNotTheOneInKafkaIsFound() throws Exception {
        TopicIncarnation topic = produce("differing");
        try (StoredBackup backup = backupOf(topic);
                LiveTopics live = live()) {
            List<Path> segments = segments(topic);
            Files.delete(segments.get(0));
            backup.segment(topic.partition(0), 0, 10, 0);

            BackupVerification.Result found = verify(backup, live, topic);
            assertThat(found.findings()).extracting(Finding::kind).containsOnly(Kind.DIFFERS);
            assertThat(found.findings().get(0).what()).contains("offset 0");

            healing(backup.storage(), live).heal(found);
            assertThat(verify(backup, live, topic).findings()).isEmpty();
        }
    }

    @Test
    void everySegmentThatDiffersIsHealedHoweverManyThereAre() throws Exception {
        TopicIncarnation topic = produce("differing-much");
        try (StoredBackup backup = emptyBackup();
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
        try (StoredBackup backup = emptyBackup();
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

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder)) {
                    Files.delete(file);
                }
            }
        }
    }
}
