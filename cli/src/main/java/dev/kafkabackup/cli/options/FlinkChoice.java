// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.cli.flink.Flink;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;

/** Decides which Flink runs a job, and who waits for its end. */
public interface FlinkChoice {

    /**
     * Makes Flink's file systems ready.
     *
     * @return the Flink configuration that the user brought
     * @throws dev.kafkabackup.error.UsageException if the options contradict each other, or it cannot be read
     */
    Configuration initialize(StorageOptions storage);

    /** Parallelism of a job if nothing else is said; 1 or more. */
    int defaultParallelism();

    /**
     * Starts the Flink, or connects to it.
     *
     * @param flinkConf from {@link #initialize}
     * @param parallelism of the job
     * @param jobJar name of the jar with the classes of the job
     */
    Flink start(Configuration flinkConf, int parallelism, String jobJar);

    /** Whether this program waits for the end of the job. */
    boolean follows();

    /** Completed with the reason when this program is to wait no longer. */
    CompletableFuture<String> stopSignal();
}
