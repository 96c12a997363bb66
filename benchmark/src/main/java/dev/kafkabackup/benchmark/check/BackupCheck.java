// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.data.SourceTopic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
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
            Path folder = folder(incarnation, partition);
            check(
                    folder,
                    partition,
                    StoredRecords.files(folder),
                    source.partitions().get(partition));
        }
    }

    /**
     * The same for a backup in which segments were merged: those that a merged one stands for are still there.
     *
     * @return how many there are of these
     * @throws WrongResult if anything differs
     */
    public static int checkMerged(Path root, SourceTopic source) throws IOException {
        Path incarnation = incarnation(root.resolve("topics").resolve("topic=" + source.name()));
        int replaced = 0;
        for (int partition = 0; partition < source.partitions().size(); partition++) {
            Path folder = folder(incarnation, partition);
            List<Path> files = StoredRecords.files(folder);
            List<Path> standing = new ArrayList<>();
            long covered = 0;
            for (Path file : files.stream()
                    .sorted(Comparator.<Path>comparingLong(one -> offset(one, 0))
                            .thenComparing(one -> offset(one, 1), Comparator.reverseOrder()))
                    .toList()) {
                if (offset(file, 1) > covered) {
                    standing.add(file);
                    covered = offset(file, 1);
                }
            }
            check(folder, partition, standing, source.partitions().get(partition));
            replaced += files.size() - standing.size();
        }
        return replaced;
    }

    /** Whether the segments of each partition reach its end; that they are right is another question. */
    public static boolean reaches(Path root, String topic, List<Long> ends) throws IOException {
        Path topicFolder = root.resolve("topics").resolve("topic=" + topic);
        if (!Files.isDirectory(topicFolder) || incarnations(topicFolder).isEmpty()) {
            return false;
        }
        Path incarnation = incarnation(topicFolder);
        for (int partition = 0; partition < ends.size(); partition++) {
            Path folder = folder(incarnation, partition);
            if (!Files.isDirectory(folder)) {
                return false;
            }
            long end = ends.get(partition);
            try (Stream<Path> files = Files.list(folder)) {
                if (files.filter(file -> !file.getFileName().toString().startsWith("."))
                        .noneMatch(file -> offset(file, 1) == end)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static Path folder(Path incarnation, int partition) {
        return incarnation.resolve("partition=%05d".formatted(partition));
    }

    /** First offset of a segment, 0, or the one after its last, 1. */
    private static long offset(Path segment, int which) {
        return Long.parseLong(segment.getFileName().toString().split("_", -1)[which]);
    }

    private static void check(Path folder, int partition, List<Path> segments, Fingerprint.Of expected)
            throws IOException {
        Fingerprint stored = new Fingerprint(partition);
        long next = 0;
        for (Path file : segments) {
            if (offset(file, 0) != next) {
                throw new WrongResult("%s: a segment begins at %d, but the one before it ends at %d"
                        .formatted(folder, offset(file, 0), next));
            }
            next = offset(file, 1);
            StoredRecords.read(file, row -> StoredRecords.add(row, stored));
        }
        if (next != expected.records()
                || !stored.result().sameAtOffsets(expected)
                || !stored.result().sameInOrder(expected)) {
            throw new WrongResult("%s: covered up to %d, %s are stored, but %s were produced"
                    .formatted(folder, next, stored.result(), expected));
        }
    }

    private static Path incarnation(Path topic) throws IOException {
        List<Path> all = incarnations(topic);
        if (all.size() != 1) {
            throw new WrongResult(topic + " has " + all.size() + " incarnations instead of 1");
        }
        return all.get(0);
    }

    private static List<Path> incarnations(Path topic) throws IOException {
        try (Stream<Path> folders = Files.list(topic)) {
            return folders.filter(folder -> folder.getFileName().toString().startsWith("id="))
                    .toList();
        }
    }
}
