// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Restores of a small backup into targets of one cluster, which all tests of what is checked before share. */
abstract class RestoredIntoTargets {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "true")
            .shared();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(1)
            .build());

    static final TargetCluster TARGET = new TargetCluster(BROKER);
    static final int PARTITIONS = 2;
    static final int RECORDS = 10;

    final long oldest = Instant.now().minus(Duration.ofDays(30)).toEpochMilli();

    @TempDir
    Path folder;

    TopicIncarnation orders = new TopicIncarnation("orders", Uuid.randomUuid());
    BackupFixture backup;

    @BeforeEach
    void openBackup() {
        backup = new BackupFixture(folder, BROKER.clusterId());
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    void backUp(Map<String, String> configs) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<SegmentRecord> records = LongStream.range(0, RECORDS)
                    .mapToObj(offset -> BackupFixture.record(offset, oldest + offset))
                    .toList();
            backup.segment(orders.partition(partition), 0, RECORDS, records);
        }
        backup.metadata(orders, PARTITIONS, configs, Instant.EPOCH);
    }

    /** Refused, and as it was before. */
    void assertRefused(String target, String... parts) {
        try (Restore restore = open(ProduceSettings.DEFAULT, target)) {
            RestorePlan plan = plan(restore, target);
            assertThatThrownBy(() -> restore.prepare(plan))
                    .isInstanceOf(RefusedException.class)
                    .message()
                    .startsWith(parts[0])
                    .contains(parts);
        }
        assertThat(folder.resolve("restores")).doesNotExist();
    }

    static TargetOptions allowing(Check... checks) {
        return TargetOptions.DEFAULT.allowing(checks);
    }

    void restore(String target, TargetOptions options) throws Exception {
        restore(target, ProduceSettings.DEFAULT, options);
    }

    void restore(String target, ProduceSettings produce, TargetOptions options) throws Exception {
        try (Restore restore = open(produce, target)) {
            RestorePlan plan = restore.prepare(plan(restore, target), options);
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            restore.build(environment, plan);
            Instant startedAt = Instant.now();
            environment.execute();
            assertThat(restore.finish(plan, startedAt).records()).isEqualTo((long) PARTITIONS * RECORDS);
        }
    }

    Restore open(ProduceSettings produce, String restoreId) {
        return open(produce, restoreId, Map.of());
    }

    Restore open(ProduceSettings produce, String restoreId, Map<String, String> client) {
        return Restore.open(new RestoreConfig(
                backup.location(),
                new KafkaConnection(BROKER.bootstrapServers(), client),
                restoreId,
                1,
                Duration.ofMillis(100),
                produce));
    }

    RestorePlan plan(Restore restore, String target) {
        return restore.plan(List.of(RestoreSelection.of(orders.name(), target)));
    }
}
