// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.submitted;

import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.options.FlinkChoice;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.UsageException;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;

/**
 * No choice: the Flink that this program was given to, which has its file systems ready. Marked as a command because it
 * has no options, which picocli would take for a mistake.
 */
@Command
public final class SubmittedChoice implements FlinkChoice {

    @Override
    public Configuration initialize(StorageOptions storage) {
        if (storage.namesFlinkConf()) {
            throw new UsageException(
                    "--flink-conf is for a job in the command's own process: here it is Flink's own configuration that counts");
        }
        return new Configuration();
    }

    @Override
    public int defaultParallelism() {
        return Math.max(1, StreamExecutionEnvironment.getExecutionEnvironment().getParallelism());
    }

    @Override
    public Flink start(Configuration flinkConf, int parallelism, String jobJar) {
        return new SubmittedFlink();
    }

    @Override
    public boolean follows() {
        return SubmittedFlink.isAttached();
    }

    @Override
    public CompletableFuture<String> stopSignal() {
        return new CompletableFuture<>();
    }
}
