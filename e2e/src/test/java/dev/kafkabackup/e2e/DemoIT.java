// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a newcomer tries first. */
@Timeout(200)
class DemoIT {

    /** Two minutes are promised for one demo on two cores; here two share them. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    private Path folder;

    @Test
    void theDemoPassesAndLeavesItsFolderOnlyIfAskedTo() throws Exception {
        Path kept = folder.resolve("kept");
        Path removed = folder.resolve("removed");
        try (KafkaBackupProcess keep =
                        KafkaBackupProcess.start(folder, List.of("demo", "--keep", "--dir", kept.toString()));
                KafkaBackupProcess remove =
                        KafkaBackupProcess.start(folder, List.of("demo", "--dir", removed.toString()))) {
            assertPassed(keep);
            assertPassed(remove);
        }
        assertThat(kept.resolve("backup/backup.json")).isNotEmptyFile();
        assertThat(removed).doesNotExist();
        assertThat(KafkaBackupProcess.temporaryFolder(folder))
                .as("temporary folder")
                .isEmptyDirectory();
    }

    private static void assertPassed(KafkaBackupProcess demo) throws InterruptedException {
        demo.assertEndsWith(0, PATIENCE);
        assertThat(demo.outputLines())
                .as("%s", demo)
                .filteredOn(line -> line.contains("DEMO PASSED"))
                .hasSize(1);
    }
}
