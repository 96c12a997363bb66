// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The limit for reading: plain consumers, with or without zstd over the same bytes. */
public final class ConsumeOnly implements Contestant {

    private final Arena arena;
    private final boolean compress;

    /** @param compress whether the bytes are compressed as well */
    public ConsumeOnly(Arena arena, boolean compress) {
        this.arena = arena;
        this.compress = compress;
    }

    @Override
    public String name() {
        return compress ? "consume + zstd" : "consume";
    }

    @Override
    public String description() {
        return "%d plain KafkaConsumers, read_committed, %s"
                .formatted(
                        arena.parallelism(),
                        compress
                                ? "bytes compressed with zstd " + arena.compressionLevel()
                                        + " in MiB chunks, thrown away"
                                : "nothing done with the records");
    }

    @Override
    public Program prepare(Path folder) {
        return Program.java(
                Consume.class,
                arena.heap(),
                List.of(
                        arena.bootstrapServers(),
                        arena.source().name(),
                        Integer.toString(arena.source().partitions().size()),
                        Integer.toString(arena.parallelism()),
                        compress ? Integer.toString(arena.compressionLevel()) : "0"));
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        Fingerprint.Of all = arena.source().total();
        String expected = "records=" + all.records() + " bytes=" + all.bytes();
        String printed = Files.readString(output);
        if (!printed.contains(expected)) {
            throw new WrongResult("%s should have seen %s, but says: %s".formatted(name(), expected, printed));
        }
    }
}
