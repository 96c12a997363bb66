// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of every measurement: where it may write, and where the product is that it measures. */
final class Workplace {

    @Option(names = "--folder", defaultValue = "benchmark/target/runs", description = "For data and results.")
    private Path folder = Path.of("benchmark/target/runs");

    @Option(names = "--repository", defaultValue = ".", description = "Where kafka-backup is, built.")
    private Path repository = Path.of(".");

    /** @param name with what the names of its folders begin */
    Run begin(String name) throws IOException {
        return Run.in(folder.toAbsolutePath(), name);
    }

    /** Absolute. */
    Path repository() {
        return repository.toAbsolutePath().normalize();
    }
}
