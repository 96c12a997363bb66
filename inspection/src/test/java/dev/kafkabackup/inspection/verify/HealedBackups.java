// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Topics in a broker that all tests of healing share, backups of them in a folder, and their healing. */
@Timeout(120)
abstract class HealedBackups {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().shared();

    /** In partition 0 of each topic; partition 1 is empty. */
    static final int RECORDS = 60;

    private static final String OWN_GROUP = "kafka-backup";

    /** Holds one backup; fresh for each test. */
    @TempDir
    Path folder;

    static TopicIncarnation produce(String name) {
        TopicIncarnation topic = new TopicIncarnation(name, BROKER.createTopic(name, 2));
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < RECORDS; i++) {
                byte[] value = ("value " + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(name, 0, null, value));
            }
        }
        return topic;
    }

    static void deleteBefore(TopicIncarnation topic, long offset) throws Exception {
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(offset)))
                .all()
                .get();
    }

    static void commit(String group, TopicIncarnation topic, long offset) throws Exception {
        BROKER.admin()
                .alterConsumerGroupOffsets(
                        group, Map.of(new TopicPartition(topic.name(), 0), new OffsetAndMetadata(offset)))
                .all()
                .get();
    }

    /** What the backup job itself commits, which is no group of users. */
    static void commitOwn(TopicIncarnation topic, long offset) throws Exception {
        commit(OWN_GROUP, topic, offset);
    }

    static KafkaConnection connection() {
        return new KafkaConnection(BROKER.bootstrapServers(), Map.of());
    }

    static LiveTopics live() {
        return new LiveTopics(connection(), BROKER.clusterId());
    }

    /** Of no topic. */
    StoredBackup emptyBackup() {
        return new StoredBackup(folder, BROKER.clusterId());
    }

    /** Segments of ten records each, read from Kafka piece by piece: what is missing is all of it at first. */
    StoredBackup backupOf(TopicIncarnation topic) throws IOException {
        StoredBackup backup = emptyBackup();
        backup.metadata(topic, 2);
        backup.metadata(topic, 2);
        backup.copy(connection(), topic.partition(0), RECORDS, 10);
        return backup;
    }

    /** Files of partition 0, by name. */
    List<Path> segments(TopicIncarnation topic) throws IOException {
        try (Stream<Path> files =
                Files.list(folder.resolve("topics/topic=" + topic.name() + "/id=" + topic.id() + "/partition=00000"))) {
            return files.sorted().toList();
        }
    }

    /** Flips a bit such that the footer can still be read. */
    static void flip(Path segment) throws IOException {
        byte[] flipped = Files.readAllBytes(segment);
        flipped[30] ^= 1;
        Files.write(segment, flipped);
    }

    static BackupVerification.Result verify(StoredBackup backup, LiveTopics live, TopicIncarnation topic)
            throws IOException {
        try (BackupVerification verification =
                new BackupVerification(backup.storage(), BROKER.clusterId(), true, live, 1)) {
            return verification.run(List.of(topic.name()), true, new VerificationProgress());
        }
    }

    static Healing healing(BackupStorage storage, LiveTopics live) {
        return new Healing(storage, BROKER.clusterId(), live, OWN_GROUP);
    }

    /** Verifies and heals. */
    static Healing heal(StoredBackup backup, LiveTopics live, TopicIncarnation topic) throws IOException {
        Healing healing = healing(backup.storage(), live);
        healing.heal(verify(backup, live, topic));
        return healing;
    }
}
