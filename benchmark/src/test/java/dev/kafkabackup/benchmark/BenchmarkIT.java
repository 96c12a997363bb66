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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole benchmark with little data: everybody runs, and everything that was stored or produced is right. */
@Tag("long")
class BenchmarkIT {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"json-1k", "small-100b", "large-100k"})
    @Timeout(600)
    void everyContestantDoesItsWork(String profile) throws Exception {
        int code = new CommandLine(new Benchmark())
                .execute(
                        "--profile=" + profile,
                        "--megabytes=20",
                        "--rounds=2",
                        "--folder=" + folder,
                        "--repository=..",
                        "--s3proxy=" + System.getProperty("s3proxy.jar"));
        assertThat(code).isZero();
        try (Stream<Path> runs = Files.list(folder)) {
            List<Path> all = runs.toList();
            assertThat(all).hasSize(1);
            JsonNode report = new ObjectMapper()
                    .readTree(all.get(0).resolve("report.json").toFile());
            assertThat(report.path("contestants")).hasSize(11).allSatisfy(contestant -> {
                assertThat(contestant.path("rounds")).hasSize(2);
                assertThat(contestant.path("cpuSeconds").asDouble()).isPositive();
            });
        }
    }
}
