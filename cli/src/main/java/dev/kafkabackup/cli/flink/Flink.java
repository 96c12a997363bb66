// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** A Flink that runs jobs. */
public interface Flink extends AutoCloseable {

    /** An environment to build a job in, which {@link #submit} then runs. */
    StreamExecutionEnvironment environment();

    /**
     * Starts the job that was built in the environment.
     *
     * @param jars where its tasks find classes that are not in the product
     * @throws dev.kafkabackup.error.FailedException if it does not take the job
     */
    FlinkJob submit(StreamExecutionEnvironment environment, String name, List<URI> jars);

    /** Where its web UI is; empty if only Flink knows. */
    Optional<URI> webUi();

    /** What its jobs count; empty if nobody is told. */
    Optional<Counters> counters();

    /** Whether it runs only as long as somebody waits for its jobs. */
    boolean endsWithItsJobs();

    @Override
    void close();
}
