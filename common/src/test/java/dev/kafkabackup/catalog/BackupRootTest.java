// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UnsupportedFormatVersionException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupRootTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    private Path folder;

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
    void aNewRootIsWrittenAndFoundAgain() {
        BackupRoot created = BackupRoot.openOrCreate(storage, "cluster-a", NOW);

        assertThat(created).isEqualTo(new BackupRoot(1, "cluster-a", NOW));
        assertThat(BackupRoot.find(storage)).hasValue(created);
        assertThat(BackupRoot.require(storage)).isEqualTo(created);
        assertThat(BackupRoot.openOrCreate(storage, "cluster-a", NOW.plusSeconds(99)))
                .as("the second start changes nothing")
                .isEqualTo(created);
    }

    @Test
    void aRootOfAnotherClusterIsRefused() {
        BackupRoot.openOrCreate(storage, "cluster-a", NOW);

        assertThatThrownBy(() -> BackupRoot.openOrCreate(storage, "cluster-b", NOW))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessage(
                        "The backup in %s belongs to the Kafka cluster cluster-a, but this is cluster cluster-b: use another --storage, one root per cluster",
                        storage.root());
    }

    @Test
    void withoutBackupJsonThereIsNoBackup() {
        assertThat(BackupRoot.find(storage)).isEmpty();
        assertThatThrownBy(() -> BackupRoot.require(storage))
                .isInstanceOfSatisfying(
                        FailedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.FAILED))
                .hasMessage("There is no backup in %s: it has no backup.json; check --storage", storage.root());
    }

    @Test
    void aNewerVersionIsRefusedWhateverElseIsInIt() throws IOException {
        Files.writeString(folder.resolve("backup.json"), "{\"formatVersion\": 2, \"clusters\": [\"a\", \"b\"]}");

        assertThatThrownBy(() -> BackupRoot.find(storage))
                .isInstanceOfSatisfying(
                        UnsupportedFormatVersionException.class,
                        e -> assertThat(e.exitCode()).isEqualTo(ExitCode.REFUSED))
                .hasMessage(
                        "backup.json in %s has format version 2, but this release reads up to version 1: use a newer release",
                        storage.root());
    }

    @Test
    void aDamagedBackupJsonIsNeitherMissingNorWrittenAnew() throws IOException {
        for (String text : new String[] {
            "",
            "{}",
            "{\"formatVersion\": 1}",
            "{\"clusterId\": \"a\", \"createdAt\": \"2026-11-22T12:00:00Z\"}",
            "{\"formatVersion\": 0, \"clusterId\": \"a\", \"createdAt\": \"2026-11-22T12:00:00Z\"}"
        }) {
            Files.writeString(folder.resolve("backup.json"), text);
            assertThatThrownBy(() -> BackupRoot.openOrCreate(storage, "a", NOW))
                    .as(text)
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageStartingWith("backup.json: ");
            assertThat(folder.resolve("backup.json")).hasContent(text);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsAnErrorThatSaysWhere() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        try (BackupStorage wrong = StorageLocation.parse(file.toString()).open()) {
            assertThatThrownBy(() -> BackupRoot.openOrCreate(wrong, "a", NOW))
                    .isInstanceOfSatisfying(
                            FailedException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.FAILED))
                    .hasMessageStartingWith("The storage %s cannot be read: ", wrong.root())
                    .hasMessageContaining("Not a directory")
                    .hasMessageEndingWith("; check --storage, its rights, and the s3.* settings in --flink-conf");
        }
        Path unwritable = Path.of("/proc/kafka-backup");
        try (BackupStorage wrong = StorageLocation.parse(unwritable.toString()).open()) {
            assertThatThrownBy(() -> BackupRoot.openOrCreate(wrong, "a", NOW))
                    .isInstanceOf(FailedException.class)
                    .hasMessageStartingWith("The storage file:///proc/kafka-backup cannot be written: ");
        }
    }

    @Test
    void anUnknownFileSystemIsAnErrorThatSaysWhere() {
        try (BackupStorage wrong = StorageLocation.parse("gs://bucket/x").open()) {
            assertThatThrownBy(() -> BackupRoot.find(wrong))
                    .isInstanceOf(FailedException.class)
                    .hasMessageStartingWith("The storage gs://bucket/x cannot be read: ")
                    .hasMessageContaining("scheme 'gs'");
        }
    }
}
