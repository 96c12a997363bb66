// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What Kafka still has is found missing, and comes back; what it does not have is said, and nothing is thrown away. */
@Timeout(120)
class HealingIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int RECORDS = 60;

    @TempDir
    private Path folder;

    @Test
    void whatIsMissingOrDamagedIsReadAgainAndTheBackupIsWholeThen() throws Exception {
        TopicIncarnation topic = produce("healed");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            assertThat(verify(backup, live, topic).findings()).isEmpty();
            List<Path> segments = segments(topic);
            // removed, truncated, a flipped bit, and the last one under a name that promises more than there is
            Files.delete(segments.get(0));
            Files.write(segments.get(1), Arrays.copyOf(Files.readAllBytes(segments.get(1)), 100));
            byte[] flipped = Files.readAllBytes(segments.get(2));
            flipped[30] ^= 1;
            Files.write(segments.get(2), flipped);
            Files.delete(segments.get(segments.size() - 1));

            BackupVerification.Result broken = verify(backup, live, topic);
            assertThat(broken.findings())
                    .extracting(Finding::kind)
                    .contains(Kind.MISSING, Kind.NOT_A_SEGMENT, Kind.DAMAGED, Kind.NOT_COVERED);

            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live);
            healing.heal(broken.partitions());

            assertThat(healing.left()).isEmpty();
            assertThat(healing.done()).isNotEmpty();
            BackupVerification.Result after = verify(backup, live, topic);
            assertThat(after.findings()).isEmpty();
        }
    }

    @Test
    void whatKafkaDoesNotHaveAnyMoreStaysAsItIs() throws Exception {
        TopicIncarnation topic = produce("expired");
        try (StoredBackup backup = backup(topic);
                LiveTopics live = live()) {
            BROKER.admin()
                    .deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(15)))
                    .all()
                    .get();
            Path second = segments(topic).get(1);
            byte[] flipped = Files.readAllBytes(second);
            flipped[30] ^= 1;
            Files.write(second, flipped);

            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live);
            healing.heal(verify(backup, live, topic).partitions());

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

            Healing healing = new Healing(backup.storage(), BROKER.clusterId(), live);
            healing.heal(verify(backup, live, topic).partitions());

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

            new Healing(backup.storage(), BROKER.clusterId(), live).heal(found.partitions());
            assertThat(verify(backup, live, topic).findings()).isEmpty();
        }
    }

    private static TopicIncarnation produce(String name) {
        TopicIncarnation topic = new TopicIncarnation(name, BROKER.createTopic(name, 1));
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
        backup.metadata(topic, 1);
        for (int start = RECORDS - 10; start >= 0; start -= 10) {
            backup.copy(
                    new KafkaConnection(BROKER.bootstrapServers(), Map.of()), topic.partition(0), start, start + 10);
        }
        return backup;
    }

    private static LiveTopics live() {
        return new LiveTopics(new KafkaConnection(BROKER.bootstrapServers(), Map.of()), BROKER.clusterId());
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
            return verification.run(List.of(topic.name()), false, total -> {});
        }
    }
}
