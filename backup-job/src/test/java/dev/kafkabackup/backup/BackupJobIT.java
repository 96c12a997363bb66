// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import java.nio.file.Path;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BackupJobIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void everyRecordOfARunningJobIsPublishedAsItWasProduced() {
        Uuid id = BROKER.createTopic("orders", 3);
        Produce.to(BROKER, log, "orders", 3, 5_000);
        TestBackup backup = new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, "orders");

        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, "orders", id);
            Produce.to(BROKER, log, "orders", 3, 1_000);
            backup.awaitCovered(log, "orders", id);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, "orders", id);
        backup.assertEachOffsetInOneSegment(log, "orders", id);
    }
}
