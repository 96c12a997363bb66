// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.BackupCheck;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The product's backup into a folder. */
public final class Backup implements Contestant {

    private final Arena arena;

    /** Nothing is started yet. */
    public Backup(Arena arena) {
        this.arena = arena;
    }

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public String description() {
        return "kafka-backup backup --once into a folder, parallelism %d, zstd %d, checkpoint every %d s"
                .formatted(arena.parallelism(), arena.compressionLevel(), arena.checkpointSeconds());
    }

    @Override
    public Program prepare(Path folder) {
        return Command.of(arena, arguments(arena, folder.toString()));
    }

    /** The command line for a storage. */
    static List<String> arguments(Arena arena, String storage) {
        return List.of(
                "backup",
                "--once",
                "--bootstrap-server",
                arena.bootstrapServers(),
                "--storage",
                storage,
                "--include",
                arena.source().name(),
                "--parallelism",
                Integer.toString(arena.parallelism()),
                "--compression-level",
                Integer.toString(arena.compressionLevel()),
                "--checkpoint-interval",
                arena.checkpointSeconds() + " s");
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        BackupCheck.check(folder, arena.source());
    }

    @Override
    public long storedBytes(Path folder) throws IOException {
        return segmentBytes(folder, arena);
    }

    static long segmentBytes(Path root, Arena arena) throws IOException {
        long bytes = 0;
        for (Path file : BackupCheck.segments(root, arena.source().name())) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
