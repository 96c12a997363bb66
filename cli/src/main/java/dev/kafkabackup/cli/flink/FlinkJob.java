// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import dev.kafkabackup.error.FailedException;
import java.util.concurrent.CompletableFuture;

/** A job that was submitted. */
public interface FlinkJob {

    /** The id that Flink knows it by. */
    String id();

    /**
     * Waits for the job's end, but not beyond the moment at which {@code stop} completes.
     *
     * @return true if the job has ended by itself and successfully, false if nobody is to wait any longer
     * @throws FailedException if the job failed or was cancelled, or nobody can be asked any more
     */
    boolean awaitEnd(CompletableFuture<String> stop);
}
