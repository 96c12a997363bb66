// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.TargetCheck;
import dev.kafkabackup.benchmark.process.Program;
import java.nio.file.Path;
import java.util.List;

/** The limit for restoring: plain producers with the settings of the restore, from memory. */
public final class ProduceOnly implements Contestant {

    private static final String TARGET = "produced";

    private final Arena arena;
    private final TargetTopic target;

    /** Nothing is started yet. */
    public ProduceOnly(Arena arena) {
        this.arena = arena;
        this.target = new TargetTopic(arena.bootstrapServers(), TARGET);
    }

    @Override
    public String name() {
        return "produce";
    }

    @Override
    public String description() {
        return "%d plain KafkaProducers from memory, lz4, idempotent, acks=all, batches of 512 KiB, no transactions"
                .formatted(arena.parallelism());
    }

    @Override
    public Program prepare(Path folder) throws InterruptedException {
        int partitions = arena.source().partitions().size();
        target.create(partitions);
        return Program.java(
                Produce.class,
                arena.heap(),
                List.of(
                        arena.bootstrapServers(),
                        TARGET,
                        Integer.toString(partitions),
                        Long.toString(arena.source().partitions().get(0).records()),
                        Integer.toString(arena.parallelism()),
                        arena.profile().name()));
    }

    @Override
    public void check(Path folder, Path output) {
        TargetCheck.checkRecords(arena.bootstrapServers(), TARGET, arena.source());
    }

    @Override
    public void cleanUp() throws InterruptedException {
        target.delete();
    }
}
