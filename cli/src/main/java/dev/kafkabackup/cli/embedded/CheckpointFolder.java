// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import dev.kafkabackup.error.FailedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder in which the checkpoints of a job outlive its process, so that the next start goes on with the newest one.
 * The job has the same id at every start, and so its checkpoints are numbered through: no clock says which is newest. A
 * job that ends in good order takes its checkpoints away.
 */
public final class CheckpointFolder {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);

    private static final Pattern CHECKPOINT = Pattern.compile("chk-(\\d+)");
    private static final String METADATA = "_metadata";

    private final URI folder;
    private final JobID jobId;

    /**
     * @param folder of any file system that Flink knows; file systems must be initialized
     * @param job what the job works on: jobs with another value never see each other's checkpoints
     */
    public CheckpointFolder(URI folder, String job) {
        this.folder = folder;
        UUID id = UUID.nameUUIDFromBytes(job.getBytes(StandardCharsets.UTF_8));
        this.jobId = new JobID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    /**
     * Flink settings with which a job keeps its checkpoints here, and begins with the newest one if there is any.
     *
     * @throws FailedException if the folder cannot be read
     */
    public Configuration settings() {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, folder.toString());
        settings.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID, jobId.toHexString());
        newest().ifPresent(checkpoint -> {
            LOG.info("Going on with the state of {}", checkpoint);
            settings.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint.toString());
            settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        });
        return settings;
    }

    /** The complete checkpoint with the highest number; one that a kill interrupted has no metadata. */
    private Optional<Path> newest() {
        Path checkpoints = new Path(new Path(folder), jobId.toHexString());
        try {
            FileSystem fileSystem = FileSystem.get(folder);
            Path newest = null;
            long highest = -1;
            for (FileStatus status : children(fileSystem, checkpoints)) {
                Matcher name = CHECKPOINT.matcher(status.getPath().getName());
                if (name.matches()
                        && Long.parseLong(name.group(1)) > highest
                        && fileSystem.exists(new Path(status.getPath(), METADATA))) {
                    highest = Long.parseLong(name.group(1));
                    newest = status.getPath();
                }
            }
            return Optional.ofNullable(newest);
        } catch (IOException e) {
            throw new FailedException("The checkpoints in %s cannot be read: %s; check --checkpoint-dir"
                    .formatted(checkpoints, e.getMessage()), e);
        }
    }

    private static FileStatus[] children(FileSystem fileSystem, Path folder) throws IOException {
        try {
            FileStatus[] children = fileSystem.listStatus(folder);
            return children == null ? new FileStatus[0] : children;
        } catch (FileNotFoundException e) {
            return new FileStatus[0];
        }
    }
}
