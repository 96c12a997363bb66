// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.TargetCheck;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The product's restore into a new topic. */
public final class Restore implements Contestant {

    private static final String TARGET = "restored";

    private final Arena arena;
    private final Path backup;
    private final TargetTopic target;

    /** @param backup folder that holds a backup of the source, which was checked */
    public Restore(Arena arena, Path backup) {
        this.arena = arena;
        this.backup = backup;
        this.target = new TargetTopic(arena.bootstrapServers(), TARGET);
    }

    @Override
    public String name() {
        return "restore";
    }

    @Override
    public String description() {
        return "kafka-backup restore from a folder, parallelism %d, exactly-once, offset map written"
                .formatted(arena.parallelism());
    }

    @Override
    public Program prepare(Path folder) {
        return Command.of(
                arena,
                List.of(
                        "restore",
                        "--bootstrap-server",
                        arena.bootstrapServers(),
                        "--storage",
                        backup.toString(),
                        "--topic",
                        arena.source().name() + "=" + TARGET,
                        "--parallelism",
                        Integer.toString(arena.parallelism()),
                        "--restore-id",
                        id(folder)));
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        TargetCheck.checkRecordsAndMap(
                arena.bootstrapServers(),
                TARGET,
                arena.source(),
                backup.resolve("restores").resolve(id(folder)).resolve("offset-map"));
    }

    private static String id(Path folder) {
        return folder.getFileName().toString();
    }

    @Override
    public void cleanUp() throws InterruptedException {
        target.delete();
    }
}
