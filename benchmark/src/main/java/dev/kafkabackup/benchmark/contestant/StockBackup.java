// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.StockCheck;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The stock job as a process. */
public final class StockBackup implements Contestant {

    private final Arena arena;
    private final boolean tuned;

    /** @param tuned by somebody who knows its parts */
    public StockBackup(Arena arena, boolean tuned) {
        this.arena = arena;
        this.tuned = tuned;
    }

    @Override
    public String name() {
        return tuned ? "tuned stock job" : "stock job";
    }

    @Override
    public String description() {
        return tuned
                ? "the same with object reuse, without dictionaries and statistics of payloads, consumer as in the backup"
                : "KafkaSource -> FileSink with AvroParquetWriter in one chain, parallelism %d, zstd %d, checkpoint every %d s"
                        .formatted(arena.parallelism(), arena.compressionLevel(), arena.checkpointSeconds());
    }

    @Override
    public Program prepare(Path folder) {
        return Program.java(
                StockJob.class,
                arena.heap(),
                List.of(
                        arena.bootstrapServers(),
                        arena.source().name(),
                        folder.toUri().toString(),
                        Integer.toString(arena.parallelism()),
                        Integer.toString(arena.compressionLevel()),
                        Integer.toString(arena.checkpointSeconds()),
                        Boolean.toString(tuned)));
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        StockCheck.check(folder, arena.source());
    }

    @Override
    public long storedBytes(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : StockCheck.files(folder)) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
