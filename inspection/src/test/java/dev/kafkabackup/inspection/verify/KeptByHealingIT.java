// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * What Kafka does not have any more is not thrown away, and what a truncation took out of the log does not come back.
 */
class KeptByHealingIT extends HealedBackups {

    @Test
    void whatKafkaDoesNotHaveAnyMoreStaysAsItIs() throws Exception {
        TopicIncarnation topic = produce("expired");
        try (StoredBackup backup = backupOf(topic);
                LiveTopics live = live()) {
            deleteBefore(topic, 15);
            Path second = segments(topic).get(1);
            flip(second);

            Healing healing = healing(backup.storage(), live);
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
        try (StoredBackup backup = backupOf(topic);
                LiveTopics live = live()) {
            backup.segment(topic.partition(0), RECORDS, RECORDS + 10, 0);
            Path last = segments(topic).get(segments(topic).size() - 1);
            Files.write(last, Arrays.copyOf(Files.readAllBytes(last), 100));

            Healing healing = healing(backup.storage(), live);
            healing.heal(verify(backup, live, topic));

            assertThat(healing.left())
                    .singleElement()
                    .asString()
                    .contains(last.getFileName().toString());
            assertThat(last).exists();
        }
    }

    /** What an unclean leader election took out of the log does not come back because its successor is damaged. */
    @Test
    void aDamagedSegmentStaysWhereOnlyTruncatedRecordsWouldTakeItsPlace() throws Exception {
        TopicIncarnation topic = produce("truncated");
        try (StoredBackup backup = emptyBackup();
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
        try (StoredBackup backup = emptyBackup();
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
        try (StoredBackup backup = emptyBackup();
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
}
