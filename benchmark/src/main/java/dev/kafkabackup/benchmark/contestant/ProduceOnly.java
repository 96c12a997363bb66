// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.TargetCheck;
import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The limit for restoring: plain producers with the settings of the restore, from memory, with or without decompressing
 * as many bytes.
 */
public final class ProduceOnly implements Contestant {

    private static final String TARGET = "produced";
    private static final Pattern DECOMPRESSED = Pattern.compile("decompressed=(\\d+)");

    private final Arena arena;
    private final boolean decompress;
    private final TargetTopic target;

    /** @param decompress whether as many bytes are decompressed as well */
    public ProduceOnly(Arena arena, boolean decompress) {
        this.arena = arena;
        this.decompress = decompress;
        this.target = new TargetTopic(arena.bootstrapServers(), TARGET);
    }

    @Override
    public String name() {
        return decompress ? "zstd + produce" : "produce";
    }

    @Override
    public String description() {
        return "%d plain KafkaProducers from memory, lz4, idempotent, acks=all, batches of 512 KiB, no transactions%s"
                .formatted(
                        arena.parallelism(),
                        decompress
                                ? "; as many bytes decompressed from zstd " + arena.compressionLevel()
                                        + " in MiB chunks, thrown away"
                                : "");
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
                        arena.profile().name(),
                        decompress ? Integer.toString(arena.compressionLevel()) : "0"));
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        requireDecompressed(Files.readString(output));
        TargetCheck.checkRecords(arena.bootstrapServers(), TARGET, arena.source());
    }

    private void requireDecompressed(String printed) {
        Matcher decompressed = DECOMPRESSED.matcher(printed);
        long least = decompress ? arena.source().total().bytes() : 0;
        if (!decompressed.find() || Long.parseLong(decompressed.group(1)) < least) {
            throw new WrongResult(
                    "%s should have decompressed %d bytes, but says: %s".formatted(name(), least, printed));
        }
    }

    @Override
    public void cleanUp() throws InterruptedException {
        target.delete();
    }
}
