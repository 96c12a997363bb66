// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import dev.kafkabackup.error.FailedException;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder in which the checkpoints of a job outlive its process, so that the next start goes on with the newest one.
 * Every start has a folder of its own in it, so that one that was taken for dead does not write between the checkpoints
 * of its successor. A job that ends in good order takes its checkpoints away.
 *
 * <p>What is in the folder decides about nothing but the work to be done: a checkpoint that cannot be read is passed
 * over.
 */
public final class CheckpointFolder {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

    private static final Pattern START = Pattern.compile("[0-9a-f]{32}");
    private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d+)");
    private static final String METADATA = "_metadata";

    /**
     * What Flink allows at most: state below it is in the checkpoint's metadata, which is there whole or not at all.
     */
    private static final MemorySize INLINE = MemorySize.ofMebiBytes(1);

    private final Path folder;

    /**
     * @param folder of any file system that Flink knows; file systems must be initialized
     * @param job what the job works on: jobs with another value never see each other's checkpoints
     */
    public CheckpointFolder(URI folder, String job) {
        UUID name = UUID.nameUUIDFromBytes(job.getBytes(StandardCharsets.UTF_8));
        this.folder = new Path(new Path(folder), name.toString());
    }

    /**
     * Flink settings with which a job keeps its checkpoints here, and begins with the newest one if there is any. What
     * earlier starts have left beside that one is removed.
     *
     * @throws FailedException if the folder cannot be read
     */
    public Configuration settings() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, INLINE);
        try {
            FileSystem fileSystem = FileSystem.get(folder.toUri());
            List<Path> starts = children(fileSystem, folder, START);
            Optional<Checkpoint> newest = newest(fileSystem, starts);
            newest.ifPresent(checkpoint -> {
                LOG.info("Going on with the state of {}", checkpoint.path());
                settings.set(
                        StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.path().toString());
                settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
            });
            for (Path start : starts) {
                if (newest.isEmpty() || !start.equals(newest.get().path().getParent())) {
                    fileSystem.delete(start, true);
                }
            }
        } catch (IOException e) {
            throw new FailedException(
                    "The checkpoints in %s cannot be read: %s; check --checkpoint-dir"
                            .formatted(folder, e.getMessage()),
                    e);
        }
        return settings;
    }

    /**
     * A job goes on with the number after that of the checkpoint with which it began: no clock says which is newest.
     */
    private record Checkpoint(Path path, long number) {}

    private static Optional<Checkpoint> newest(FileSystem fileSystem, List<Path> starts) throws IOException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (Path start : starts) {
            for (Path path : children(fileSystem, start, CHECKPOINT)) {
                Matcher name = CHECKPOINT.matcher(path.getName());
                if (name.matches()) {
                    checkpoints.add(new Checkpoint(path, Long.parseLong(name.group(1))));
                }
            }
        }
        return checkpoints.stream()
                .sorted(Comparator.comparingLong(Checkpoint::number).reversed())
                .filter(checkpoint -> isWhole(fileSystem, checkpoint.path()))
                .findFirst();
    }

    private static boolean isWhole(FileSystem fileSystem, Path checkpoint) {
        try (DataInputStream metadata = new DataInputStream(fileSystem.open(new Path(checkpoint, METADATA)))) {
            Checkpoints.loadCheckpointMetadata(
                    metadata, CheckpointFolder.class.getClassLoader(), checkpoint.toString());
            return true;
        } catch (IOException | RuntimeException e) {
            LOG.warn("Checkpoint {} is passed over, it cannot be read: {}", checkpoint, e.toString());
            return false;
        }
    }

    private static List<Path> children(FileSystem fileSystem, Path folder, Pattern name) throws IOException {
        List<Path> children = new ArrayList<>();
        try {
            FileStatus[] found = fileSystem.listStatus(folder);
            for (FileStatus status : found == null ? new FileStatus[0] : found) {
                if (name.matcher(status.getPath().getName()).matches()) {
                    children.add(status.getPath());
                }
            }
        } catch (FileNotFoundException e) {
            LOG.debug("There is no folder {} yet", folder);
        }
        return children;
    }
}
