// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeartbeatTest {

    private final AtomicLong nanos = new AtomicLong();

    @TempDir
    private Path root;

    private BackupStorage storage;
    private Heartbeat other;
    private Heartbeat own;

    @BeforeEach
    void twoJobsOnOneRoot() {
        storage = StorageLocation.parse(root.toString()).open();
        other = new Heartbeat(storage, "other", nanos::get);
        own = new Heartbeat(storage, "own", nanos::get);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    @Test
    void aJobThatGoesOnBeatingIsNoticed() throws IOException {
        other.beat();
        own.beat();
        other.beat();
        own.beat();

        assertThat(own.otherJobs()).isOne();
    }

    @Test
    void whatAKilledJobLeftBehindIsNotTakenForARunningJob() throws IOException {
        other.beat();
        own.beat();
        own.beat();

        assertThat(own.otherJobs()).isZero();
    }

    @Test
    void aJobThatHasNotBeatenForTwoMinutesIsDead() throws IOException {
        other.beat();
        own.beat();
        other.beat();
        own.beat();
        nanos.addAndGet(Duration.ofSeconds(119).toNanos());
        own.beat();
        assertThat(own.otherJobs()).isOne();

        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        own.beat();

        assertThat(own.otherJobs()).isZero();
    }

    @Test
    void aJobThatEndsTakesItsObjectAway() throws IOException {
        own.beat();
        assertThat(storage.list("jobs")).hasSize(1);

        own.end();

        assertThat(storage.list("jobs")).isEmpty();
    }
}
