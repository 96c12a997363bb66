// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import dev.kafkabackup.error.FailedException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder in which the checkpoints of a job outlive its process, so that the next start goes on with the newest one.
 *
 * <p>What is in the folder decides about nothing but the work to be done, and whoever uses it need not know who else
 * does: every start has a folder of its own in it, begins with a copy, and passes over what it cannot read.
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
     * Flink settings with which a job keeps its checkpoints here, and begins with a copy of the newest one if there is
     * any. What older starts have left is removed.
     *
     * @param own folder of this process for the copy
     * @throws FailedException if the folder cannot be used
     */
    Configuration settings(java.nio.file.Path own) {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(CheckpointingOptions.FS_SMALL_FILE_THRESHOLD, INLINE);
        try {
            FileSystem fileSystem = FileSystem.get(folder.toUri());
            fileSystem.mkdirs(folder);
            List<Path> starts = children(fileSystem, folder, START);
            List<Checkpoint> checkpoints = new ArrayList<>();
            for (Path start : starts) {
                checkpoints.addAll(checkpoints(fileSystem, start));
            }
            checkpoints.sort(Comparator.comparingLong(Checkpoint::number).reversed());
            for (Checkpoint checkpoint : checkpoints) {
                if (copy(fileSystem, checkpoint, own)) {
                    LOG.info("Going on with the state of {}", checkpoint.path());
                    settings.set(
                            StateRecoveryOptions.SAVEPOINT_PATH, own.toUri().toString());
                    starts.remove(checkpoint.path().getParent());
                    break;
                }
            }
            for (Path start : starts) {
                fileSystem.delete(start, true);
            }
        } catch (IOException e) {
            throw new FailedException(
                    "The checkpoints in %s cannot be used: %s; check --checkpoint-dir"
                            .formatted(folder, e.getMessage()),
                    e);
        }
        return settings;
    }

    /** Removes all checkpoints: the job has ended in good order. */
    public void clear() {
        try {
            FileSystem.get(folder.toUri()).delete(folder, true);
        } catch (IOException e) {
            LOG.warn("Checkpoints stay behind in {}: {}", folder, e.toString());
        }
    }

    /**
     * A job goes on with the number after that of the checkpoint with which it began: no clock says which is newest.
     */
    private record Checkpoint(Path path, long number) {}

    private static List<Checkpoint> checkpoints(FileSystem fileSystem, Path start) throws IOException {
        List<Checkpoint> checkpoints = new ArrayList<>();
        for (Path path : children(fileSystem, start, CHECKPOINT)) {
            Matcher name = CHECKPOINT.matcher(path.getName());
            if (name.matches()) {
                checkpoints.add(new Checkpoint(path, Long.parseLong(name.group(1))));
            }
        }
        return checkpoints;
    }

    /** Whether there is a copy that Flink can read now: a running job may remove its checkpoint at any moment. */
    private static boolean copy(FileSystem fileSystem, Checkpoint checkpoint, java.nio.file.Path own)
            throws IOException {
        byte[] metadata;
        try {
            if (children(fileSystem, checkpoint.path(), Pattern.compile(".*")).size() != 1) {
                LOG.info("Checkpoint {} is passed over, it is not complete or not in one file", checkpoint.path());
                return false;
            }
            try (FSDataInputStream in = fileSystem.open(new Path(checkpoint.path(), METADATA))) {
                metadata = in.readAllBytes();
            }
            Checkpoints.loadCheckpointMetadata(
                    new DataInputStream(new ByteArrayInputStream(metadata)),
                    CheckpointFolder.class.getClassLoader(),
                    checkpoint.path().toString());
        } catch (IOException | RuntimeException e) {
            LOG.warn("Checkpoint {} is passed over, it cannot be read: {}", checkpoint.path(), e.toString());
            return false;
        }
        Files.createDirectories(own);
        Files.write(own.resolve(METADATA), metadata);
        return true;
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
            LOG.debug("There is no folder {} any more, or not yet", folder);
        }
        return children;
    }
}
