// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The measurement of the recovery point with little data: every record is found in the bucket. */
@Tag("long")
class RecoveryPointIT {

    @TempDir
    private Path folder;

    @Test
    @Timeout(180)
    void itMeasuresEveryRecord() throws Exception {
        int code = new CommandLine(new RecoveryPoint())
                .execute(
                        "--megabytes-per-second=1",
                        "--warm-up-seconds=3",
                        "--seconds=10",
                        "--checkpoint-seconds=2",
                        "--at-most=60",
                        "--folder=" + folder,
                        "--repository=..",
                        "--s3proxy=" + System.getProperty("s3proxy.jar"));
        assertThat(code).isZero();
        try (Stream<Path> runs = Files.list(folder)) {
            List<Path> all = runs.toList();
            assertThat(all).hasSize(1);
            JsonNode report = new ObjectMapper()
                    .readTree(all.get(0).resolve("report.json").toFile());
            assertThat(report.path("records").asInt()).isBetween(8_000, 11_000);
            assertThat(report.path("p50Seconds").asDouble())
                    .isPositive()
                    .isLessThanOrEqualTo(report.path("p99Seconds").asDouble());
        }
    }
}
