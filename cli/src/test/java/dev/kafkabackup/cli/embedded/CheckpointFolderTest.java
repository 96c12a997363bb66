// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.FailedException;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointFolderTest {

    private static final String JOB = "s3://backups/prod";
    private static final String FIRST_START = "0".repeat(32);
    private static final String SECOND_START = "1".repeat(32);

    /** Known once a checkpoint was made. */
    private @Nullable Path ofJob;

    @TempDir
    private Path temporary;

    @Test
    void theFirstStartHasNoStateAndKeepsItsCheckpoints() throws IOException {
        Configuration settings = settings();

        assertThat(settings.contains(StateRecoveryOptions.SAVEPOINT_PATH)).isFalse();
        assertThat(checkpointsOf(settings)).startsWith(directory());
    }

    @Test
    void theHighestNumberOfAllStartsCounts() throws IOException {
        checkpoint(SECOND_START, 9);
        checkpoint(FIRST_START, 10);
        checkpoint(SECOND_START, 8);

        assertThat(resumed()).hasValue(10);
    }

    @Test
    void whatCannotBeReadIsPassedOver() throws IOException {
        checkpoint(FIRST_START, 3);
        Path damaged = checkpoint(FIRST_START, 4).resolve("_metadata");
        byte[] content = Files.readAllBytes(damaged);
        Files.write(damaged, Arrays.copyOf(content, content.length / 2));
        Files.delete(checkpoint(FIRST_START, 5).resolve("_metadata"));
        Files.writeString(checkpoint(FIRST_START, 6).resolve("more-state"), "in another file, which may go");

        assertThat(resumed()).hasValue(3);
    }

    @Test
    void aStartBeginsWithACopyThatNobodyTakesAway() throws IOException {
        checkpoint(FIRST_START, 7);
        Configuration settings = settings();
        folder().clear();

        assertThat(number(settings)).hasValue(7);
    }

    @Test
    void whatOlderStartsHaveLeftIsRemovedButNotTheCheckpointWithWhichTheJobBegins() throws IOException {
        Path older = checkpoint(FIRST_START, 1);
        Path newest = checkpoint(SECOND_START, 2);
        Path users = Files.writeString(older.getParent().resolveSibling("notes.txt"), "of the user");

        settings();

        assertThat(older).doesNotExist();
        assertThat(newest).exists();
        assertThat(users).exists();
    }

    @Test
    void otherJobsAreLeftAlone() throws IOException {
        Path checkpoint = checkpoint(FIRST_START, 1);
        CheckpointFolder other = new CheckpointFolder(directory().toUri(), "s3://backups/other");

        assertThat(number(other.settings(temporary.resolve("other")))).isEmpty();
        other.clear();
        assertThat(checkpoint).exists();
    }

    @Test
    void aFileInPlaceOfTheFolderIsAnErrorThatNamesTheOption() throws IOException {
        Path start = checkpoint(FIRST_START, 1).getParent();
        folder().clear();
        Files.writeString(start.getParent(), "in the way");

        assertThatThrownBy(this::settings)
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("The checkpoints in file:")
                .hasMessageEndingWith("check --checkpoint-dir");
    }

    private Path directory() {
        return temporary.resolve("checkpoints");
    }

    private CheckpointFolder folder() {
        return new CheckpointFolder(directory().toUri(), JOB);
    }

    private Configuration settings() {
        return folder().settings(temporary.resolve("own"));
    }

    private OptionalLong resumed() throws IOException {
        return number(settings());
    }

    private static Path checkpointsOf(Configuration settings) {
        return Path.of(URI.create(settings.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)));
    }

    /** The number of the checkpoint with which Flink would begin. */
    private static OptionalLong number(Configuration settings) throws IOException {
        String path = settings.get(StateRecoveryOptions.SAVEPOINT_PATH);
        if (path == null) {
            return OptionalLong.empty();
        }
        Path metadata = Path.of(URI.create(path)).resolve("_metadata");
        try (DataInputStream in = new DataInputStream(Files.newInputStream(metadata))) {
            return OptionalLong.of(
                    Checkpoints.loadCheckpointMetadata(in, CheckpointFolderTest.class.getClassLoader(), path)
                            .getCheckpointId());
        }
    }

    /** A checkpoint without state, as Flink leaves it. */
    private Path checkpoint(String start, long number) throws IOException {
        if (ofJob == null) {
            ofJob = checkpointsOf(settings());
        }
        Path folder = Files.createDirectories(ofJob.resolve(start).resolve("chk-" + number));
        try (OutputStream out = Files.newOutputStream(folder.resolve("_metadata"))) {
            Checkpoints.storeCheckpointMetadata(new CheckpointMetadata(number, List.of(), List.of()), out);
        }
        return folder;
    }
}
