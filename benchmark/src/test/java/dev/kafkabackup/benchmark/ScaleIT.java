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

/** The measurement of large listings on a small one: every command runs, and finds what is there. */
@Tag("long")
class ScaleIT {

    @TempDir
    private Path folder;

    @Test
    @Timeout(180)
    void everyCommandFindsTheWholeListing() throws Exception {
        int code = new CommandLine(new Scale())
                .execute("--segments=2000", "--partitions=4", "--rounds=1", "--folder=" + folder, "--repository=..");
        assertThat(code).isZero();
        try (Stream<Path> runs = Files.list(folder)) {
            List<Path> all = runs.toList();
            assertThat(all).hasSize(1);
            JsonNode report = new ObjectMapper()
                    .readTree(all.get(0).resolve("report.json").toFile());
            assertThat(report.path("commands"))
                    .hasSize(5)
                    .allSatisfy(command ->
                            assertThat(command.path("cpuSeconds").asDouble()).isPositive());
        }
    }
}
