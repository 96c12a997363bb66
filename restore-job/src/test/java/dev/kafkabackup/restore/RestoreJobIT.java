// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.RandomRecords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole job against a real broker: what comes out is compared with what was put into the segments, record by
 * record.
 */
class RestoreJobIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    /** So slow that a few transactions are committed before all records are produced, on every machine. */
    private static final long SLOW_BYTES_PER_SECOND = 4_000_000;

    @TempDir
    Path folder;

    private RandomBackup backup;

    @BeforeEach
    void openBackup() {
        backup = new RandomBackup(BROKER.bootstrapServers(), folder);
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    @Test
    void everyRecordIsRestoredAndMappedExactly() throws Exception {
        backup.with(RandomRecords.seeded(), 3_000);
        RestoreConfig config = backup.config("every-record", 2);

        RestoreReport report = restore(config, "every-record", RestoreJob::build);

        backup.requireExact(config.restoreId(), "every-record");
        assertThat(report.records()).isEqualTo(backup.count());
        assertThat(backup.fixture().storage().list(BackupLayout.restore(config.restoreId())))
                .extracting(object -> object.fileName())
                .containsExactlyInAnyOrder("plan.json", "target-configs.json", "report.json");
    }

    @Test
    void afterFailuresEveryRecordIsThereOnceAndTheMapIsExact() throws Exception {
        backup.with(RandomRecords.small(), 40_000);
        RestoreConfig config = backup.config("with-failures", 2);
        FailingMap.reset();

        restore(config, "with-failures", (environment, restoreConfig, plan, attempt) -> {
            RestoreConfig slow = new RestoreConfig(
                    restoreConfig.storage(),
                    restoreConfig.kafka(),
                    restoreConfig.restoreId(),
                    restoreConfig.parallelism(),
                    restoreConfig.checkpointInterval(),
                    new ProduceSettings(Delivery.EXACTLY_ONCE, SLOW_BYTES_PER_SECOND));
            RestoreJob.configure(environment, restoreConfig, plan);
            RestoreJob.sink(
                    RestoreJob.source(environment, slow, attempt)
                            .map(new FailingMap(40_000))
                            .returns(RestoreRecordType.INSTANCE)
                            .name("fails twice")
                            .uid("fails-twice"),
                    restoreConfig,
                    attempt);
        });

        assertThat(FailingMap.failedBetweenCheckpoints())
                .as("failed with an open transaction")
                .isTrue();
        assertThat(FailingMap.failedAfterCommit())
                .as("failed after a checkpoint")
                .isTrue();
        backup.requireExact(config.restoreId(), "with-failures");
    }

    @Test
    void withoutTheRightToHoldWhatItReadsItGoesOn() throws Exception {
        backup.with(RandomRecords.small(), 300);
        RestoreConfig config = backup.config("without-holds", 2);
        Path holds = folder.resolve(BackupLayout.holds(backup.topic().name()));
        Files.writeString(holds, "in the way");

        restore(config, "without-holds", RestoreJob::build);

        assertThat(holds).hasContent("in the way");
        backup.requireExact(config.restoreId(), "without-holds");
    }

    private RestoreReport restore(RestoreConfig config, String target, Job job) throws Exception {
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(backup.into(target)));
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
            job.build(environment, config, plan, restore.attempt());
            Instant startedAt = Instant.now();
            environment.execute();
            Duration took = Duration.between(startedAt, Instant.now());
            System.out.println("Restored " + backup.count() + " records in " + took.toMillis() + " ms");
            return restore.finish(plan, startedAt);
        }
    }

    /** Builds a job from a prepared plan. */
    private interface Job {
        void build(StreamExecutionEnvironment environment, RestoreConfig config, RestorePlan plan, AttemptId attempt);
    }
}
