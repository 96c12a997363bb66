// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.BackupCheck;
import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The product's backup with or without maintenance, and the same otherwise, so that their ratio is what maintenance
 * costs. A bounded run has no maintenance, so this one goes on until everything is covered, and is stopped then.
 *
 * <p>A checkpoint every 200 ms makes segments that are small beside the 16 MB up to which they are merged, more than
 * maintenance may merge in the same time at its default rate ({@code --maintenance-bytes-per-second}), and a cycle
 * every 100 ms lets it find them at once: it is busy from the first seconds to the end, reading, merging and publishing
 * beside the backup. A run of 400 MB or more in which it has merged nothing counts as wrong.
 */
public final class MaintainedBackup implements Contestant {

    private static final long ENOUGH_BYTES = 400_000_000;

    private final Arena arena;
    private final boolean maintained;

    /** Nothing is started yet. */
    public MaintainedBackup(Arena arena, boolean maintained) {
        this.arena = arena;
        this.maintained = maintained;
    }

    /** The contestant's name, with maintenance or without. */
    public static String name(boolean maintained) {
        return "maintenance " + (maintained ? "on" : "off");
    }

    @Override
    public String name() {
        return name(maintained);
    }

    @Override
    public String description() {
        return ("kafka-backup backup into a folder until all is covered, --maintenance %s, checkpoint every 200 ms,"
                        + " segments of 16 MB, maintenance every 100 ms")
                .formatted(maintained ? "on" : "off");
    }

    @Override
    public Program prepare(Path folder) {
        List<String> backup = new ArrayList<>(Backup.arguments(arena, folder.toString()));
        backup.remove("--once");
        backup.set(backup.indexOf("--checkpoint-interval") + 1, "200 ms");
        backup.addAll(List.of(
                "--segment-bytes",
                "16 mb",
                "--web-port",
                "0",
                "--maintenance",
                maintained ? "on" : "off",
                "--maintenance-interval",
                "100 ms"));
        Program command = Command.of(arena, backup);
        List<String> arguments = new ArrayList<>(List.of(
                folder.toString(),
                arena.source().name(),
                String.join(
                        ",",
                        arena.source().partitions().stream()
                                .map(Fingerprint.Of::records)
                                .map(String::valueOf)
                                .toList())));
        arguments.addAll(command.command());
        Program program = Program.java(UntilCovered.class, "64m", arguments);
        for (var variable : command.environment().entrySet()) {
            program = program.with(variable.getKey(), variable.getValue());
        }
        return program;
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        int replaced = BackupCheck.checkMerged(folder, arena.source());
        boolean enough = arena.source().total().bytes() >= ENOUGH_BYTES;
        if (maintained ? replaced == 0 && enough : replaced > 0) {
            throw new WrongResult("%s: %d segments were merged".formatted(name(), replaced));
        }
    }
}
