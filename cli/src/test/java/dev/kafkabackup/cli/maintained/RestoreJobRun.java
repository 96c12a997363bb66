// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.maintained;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The restore job itself, into a topic of a real broker, whose records are compared with those that were put in. */
final class RestoreJobRun {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RestoreJobRun() {}

    /** Something that happens while the restore is not complete. */
    interface Beside {
        void happen() throws Exception;
    }

    /**
     * Restores the topic and compares what came back.
     *
     * @return how many records that were
     */
    static int compare(
            StorageLocation storage, String bootstrapServers, SimulatedBackup backup, String topic, String target)
            throws Exception {
        return compare(storage, bootstrapServers, backup, topic, target, () -> {});
    }

    /**
     * The same, and something else happens right before the first record is read and again after the last one.
     *
     * @return how many records that were
     */
    static int compare(
            StorageLocation storage,
            String bootstrapServers,
            SimulatedBackup backup,
            String topic,
            String target,
            Beside beside)
            throws Exception {
        RestoreConfig config = new RestoreConfig(
                storage, new KafkaConnection(bootstrapServers, Map.of()), "into-" + target, 1, Duration.ofSeconds(1));
        long end;
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(List.of(RestoreSelection.of(topic, target))));
            PlannedSource planned =
                    plan.topics().get(0).partitions().get(0).sources().get(0);
            end = planned.offsets().get(planned.offsets().size() - 1).endOffset();
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            restore.build(environment, plan);
            beside.happen();
            Instant startedAt = Instant.now();
            environment.execute();
            beside.happen();
            restore.finish(plan, startedAt);
        }
        List<SegmentRecord> expected = backup.records(0).stream()
                .filter(record -> record.offset() < end)
                .toList();
        List<ConsumerRecord<byte[], byte[]>> restored = read(bootstrapServers, target, expected.size());
        assertThat(restored).hasSameSizeAs(expected);
        for (int i = 0; i < restored.size(); i++) {
            ConsumerRecord<byte[], byte[]> record = restored.get(i);
            SegmentRecord source = expected.get(i);
            assertThat(new SegmentRecord(
                                    source.offset(),
                                    record.timestamp(),
                                    TimestampType.CREATE_TIME,
                                    source.leaderEpoch(),
                                    record.key(),
                                    record.value(),
                                    record.headers())
                            .sameContent(source))
                    .as("record of offset %d", source.offset())
                    .isTrue();
        }
        return restored.size();
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(String bootstrapServers, String topic, int count) {
        TopicPartition partition = new TopicPartition(topic, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long giveUpAt = System.nanoTime() + PATIENCE.toNanos();
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end && System.nanoTime() < giveUpAt) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
        }
        assertThat(records).hasSize(count);
        return records;
    }
}
