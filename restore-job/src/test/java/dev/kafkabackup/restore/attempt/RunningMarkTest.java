// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunningMarkTest {

    private static final AttemptId ATTEMPT = new AttemptId(1, "0000");
    private static final String MARKS = "restores/x/running";
    private static final Duration INTERVAL = Duration.ofMillis(100);

    @TempDir
    Path folder;

    private BackupStorage storage;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void whoShowsItselfIsFoundRunning() throws IOException {
        try (RunningMark mark = RunningMark.show(storage, "x", ATTEMPT, INTERVAL)) {
            assertThat(mark).isNotNull();
            RunningMark.requireNone(storage, "y");
            assertThatThrownBy(() -> RunningMark.requireNone(storage, "x"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessage(
                            "Restore x is running, see restores/x/running/1-0000.json in %s: wait for it, or stop it before you start it again",
                            storage.root());
        }
        assertThat(storage.list(MARKS)).isEmpty();
        RunningMark.requireNone(storage, "x");
    }

    @Test
    void aJobShowsItselfWhenTheProcessThatBeganItIsGone() throws IOException {
        BackupStorage ofTheJob = StorageLocation.parse(folder.toString()).open();
        try (RunningMark job = RunningMark.ofJob(ofTheJob, "x", ATTEMPT, INTERVAL)) {
            assertThat(job).isNotNull();
            RunningMark.show(storage, "x", ATTEMPT, INTERVAL).close();
            await("the job's mark").until(() -> !storage.list(MARKS).isEmpty());

            assertThatThrownBy(() -> RunningMark.requireNone(storage, "x"))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith("Restore x is running");
        }
        assertThat(storage.list(MARKS)).isEmpty();
    }

    @Test
    void theMarkOfADeadProcessIsTakenAway() throws IOException {
        storage.publish(MARKS + "/1-0000.json", ObjectContent.of(new byte[] {1}));

        RunningMark.requireNone(storage, "x", INTERVAL);

        assertThat(storage.list(MARKS)).isEmpty();
    }
}
