// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Instant;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Group snapshots and topic metadata that cannot be read are replaced by what is known, and not by less. */
class HealedSmallObjectsIT extends HealedBackups {

    @Test
    void aDamagedGroupSnapshotGivesWayToWhatKafkaSays() throws Exception {
        TopicIncarnation topic = produce("grouped");
        try (StoredBackup backup = backupOf(topic);
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
        try (StoredBackup backup = emptyBackup();
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
