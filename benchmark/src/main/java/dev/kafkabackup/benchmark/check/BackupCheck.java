// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.data.SourceTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The segments of a backup in a folder hold the source topic: each offset once, in order, nothing else. */
public final class BackupCheck {

    private BackupCheck() {}

    /** Files of all segments of the topic. */
    public static List<Path> segments(Path root, String topic) throws IOException {
        return StoredRecords.files(root.resolve("topics").resolve("topic=" + topic)).stream()
                .filter(file -> file.toString().endsWith(".parquet"))
                .toList();
    }

    /**
     * Compares segments with what was produced.
     *
     * @throws WrongResult if anything differs
     */
    public static void check(Path root, SourceTopic source) throws IOException {
        Path incarnation = incarnation(root.resolve("topics").resolve("topic=" + source.name()));
        for (int partition = 0; partition < source.partitions().size(); partition++) {
            Path folder = incarnation.resolve("partition=%05d".formatted(partition));
            Fingerprint stored = new Fingerprint(partition);
            long next = 0;
            for (Path file : StoredRecords.files(folder)) {
                String[] name = file.getFileName().toString().split("_", -1);
                if (Long.parseLong(name[0]) != next) {
                    throw new WrongResult("%s: a segment begins at %s, but the one before it ends at %d"
                            .formatted(folder, name[0], next));
                }
                next = Long.parseLong(name[1]);
                StoredRecords.read(file, row -> StoredRecords.add(row, stored));
            }
            Fingerprint.Of expected = source.partitions().get(partition);
            if (next != expected.records()
                    || !stored.result().sameAtOffsets(expected)
                    || !stored.result().sameInOrder(expected)) {
                throw new WrongResult("%s: covered up to %d, %s are stored, but %s were produced"
                        .formatted(folder, next, stored.result(), expected));
            }
        }
    }

    private static Path incarnation(Path topic) throws IOException {
        try (Stream<Path> folders = Files.list(topic)) {
            List<Path> all = folders.filter(
                            folder -> folder.getFileName().toString().startsWith("id="))
                    .toList();
            if (all.size() != 1) {
                throw new WrongResult(topic + " has " + all.size() + " incarnations instead of 1");
            }
            return all.get(0);
        }
    }
}
