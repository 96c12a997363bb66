// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.TargetJudge;
import dev.kafkabackup.testing.BrokerExtension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Both jobs, each with a JobManager of its own that runs it and ends with it. */
@Tag("long")
@Timeout(300)
class ApplicationModeIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final String PROGRAMS = "dev.kafkabackup.cli.submitted.";

    @TempDir
    private Path folder;

    @Test
    void aBackupAndARestoreRunAsApplications() throws Exception {
        try (ClusterBackup backup = ClusterBackup.start(BROKER, folder, "in-an-application", 1)) {
            FlinkCluster cluster = backup.cluster();
            cluster.killJobManager();
            backup.awaitLoad(2_000);
            backup.endLoad();

            List<String> options = new ArrayList<>(backup.arguments());
            options.add("--once");
            cluster.startApplication(FlinkCluster.jar("backup-job.jar"), PROGRAMS + "BackupProgram", options);
            cluster.awaitEndOfApplication();
            backup.assertWhole();

            String target = backup.topic() + "-restored";
            cluster.startApplication(
                    FlinkCluster.jar("restore-job.jar"),
                    PROGRAMS + "RestoreProgram",
                    List.of(
                            "-D",
                            "execution.attached=true",
                            "--bootstrap-server",
                            BROKER.bootstrapServers(),
                            "--storage",
                            backup.root(),
                            "--topic",
                            backup.topic() + "=" + target,
                            "--restore-id",
                            "application",
                            "--checkpoint-interval",
                            "1s"));
            cluster.awaitEndOfApplication();
            assertThat(backup.files().resolve("restores/application/report.json"))
                    .exists();
            new TargetJudge(BROKER.bootstrapServers())
                    .assertHolds(backup.produced(), backup.topic(), backup.topicId(), target);
        }
    }
}
