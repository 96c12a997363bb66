// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static dev.kafkabackup.inspection.verify.HealedBackups.commit;
import static dev.kafkabackup.inspection.verify.HealedBackups.commitOwn;
import static dev.kafkabackup.inspection.verify.HealedBackups.healing;
import static dev.kafkabackup.inspection.verify.HealedBackups.live;
import static dev.kafkabackup.inspection.verify.HealedBackups.produce;
import static dev.kafkabackup.inspection.verify.HealedBackups.verify;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Group snapshots and topic metadata that cannot be read are replaced by what is known, and not by less. */
@Timeout(120)
class HealedSmallObjectsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = HealedBackups.BROKER;

    @TempDir
    private Path folder;

    private HealedBackups backups = new HealedBackups(Path.of("unused"));

    @BeforeEach
    void backUpIntoTheFolder() {
        backups = new HealedBackups(folder);
    }

    @Test
    void aDamagedGroupSnapshotGivesWayToWhatKafkaSays() throws Exception {
        TopicIncarnation topic = produce("grouped");
        try (StoredBackup backup = backups.of(topic);
                LiveTopics live = live()) {
            GroupOffset deleted = new GroupOffset("billing", "gone", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, 9);
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 5), deleted);
            new Faults(folder, topic).breakGroups();
            backup.groups(new GroupOffset("billing", topic.name(), topic.id(), 0, 6), deleted);
            new Faults(folder, topic).breakGroups();
            backup.groups(new GroupOffset("audit", topic.name(), topic.id(), 0, 1), deleted);
            commit("billing", topic, 17);
            commit("new", topic, 3);
            commitOwn(topic, 60);

            healing(backup.storage(), live).heal(verify(backup, live, topic));

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
        try (StoredBackup backup = backups.empty();
                LiveTopics live = live()) {
            backup.segment(topic.partition(0), 0, 10, 0);
            backup.metadata(topic, 1);
            Faults faults = new Faults(folder, topic);
            faults.breakNewestMetadata();

            Healing helpless = healing(backup.storage(), live);
            helpless.heal(verify(backup, live, topic));
            assertThat(helpless.left()).hasSize(2).anyMatch(line -> line.contains("meta/"));
            assertThat(faults.metadata()).hasSize(1);

            backup.metadata(topic, 1);
            Healing healing = healing(backup.storage(), live);
            healing.heal(verify(backup, live, topic));
            assertThat(faults.metadata()).hasSize(1);
            assertThat(healing.done()).singleElement().asString().contains("meta/");
        }
    }
}
