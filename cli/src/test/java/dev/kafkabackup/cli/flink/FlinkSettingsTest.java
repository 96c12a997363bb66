// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.WebOptions;
import org.junit.jupiter.api.Test;

class FlinkSettingsTest {

    private static final Configuration SHIPPED =
            GlobalConfiguration.loadConfiguration(Path.of("..", "flink-conf").toString());

    @Test
    void theShippedConfigurationIsReadAsItIsMeant() {
        assertThat(SHIPPED.get(CheckpointingOptions.CHECKPOINTING_INTERVAL)).isEqualTo(Duration.ofSeconds(60));
        assertThat(SHIPPED.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)).startsWith("s3://");
        assertThat(SHIPPED.get(CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION))
                .isEqualTo(ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        assertThat(SHIPPED.get(RestartStrategyOptions.RESTART_STRATEGY)).isEqualTo("exponential-delay");
        assertThat(SHIPPED.get(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF))
                .isEqualTo(Duration.ofMinutes(1));
        assertThat(SHIPPED.get(RestOptions.BIND_ADDRESS)).isEqualTo("localhost");
        assertThat(SHIPPED.get(JobManagerOptions.BIND_HOST)).isEqualTo("localhost");
        assertThat(SHIPPED.get(WebOptions.SUBMIT_ENABLE)).isTrue();
    }

    @Test
    void whatIsAboutOneClusterIsNoBusinessOfAJob() {
        assertThat(FlinkSettings.ofJobs(SHIPPED).keySet())
                .contains("execution.checkpointing.interval", "restart-strategy.type", "metrics.reporters")
                .noneMatch(key -> key.startsWith("s3.")
                        || key.startsWith("jobmanager.")
                        || key.startsWith("taskmanager.")
                        || key.startsWith("rest.")
                        || key.startsWith("web.")
                        || key.endsWith(".dir")
                        || key.endsWith("-dir"));
    }

    @Test
    void aConfigurationThatNobodyAskedForOpensNoPortForMetrics() {
        assertThat(FlinkSettings.withoutReporters(SHIPPED).keySet())
                .contains("execution.checkpointing.interval", "s3.attempts.maximum")
                .noneMatch(key -> key.startsWith("metrics.reporter"));
    }
}
