// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.data.SourceTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The finished files of the stock job hold the source topic: each record once, in whatever order. */
public final class StockCheck {

    private StockCheck() {}

    /** The files that the job has finished. */
    public static List<Path> files(Path folder) throws IOException {
        return StoredRecords.files(folder).stream()
                .filter(file -> file.getFileName().toString().startsWith("part-"))
                .toList();
    }

    /**
     * Compares the files with what was produced.
     *
     * @throws WrongResult if anything differs
     */
    public static void check(Path folder, SourceTopic source) throws IOException {
        List<Fingerprint> stored = IntStream.range(0, source.partitions().size())
                .mapToObj(Fingerprint::new)
                .toList();
        for (Path file : files(folder)) {
            StoredRecords.read(file, row -> StoredRecords.add(row, stored.get((Integer) row.get("partition"))));
        }
        for (int partition = 0; partition < stored.size(); partition++) {
            Fingerprint.Of expected = source.partitions().get(partition);
            if (!stored.get(partition).result().sameAtOffsets(expected)) {
                throw new WrongResult("%s: of partition %d %s are stored, but %s were produced"
                        .formatted(folder, partition, stored.get(partition).result(), expected));
            }
        }
    }
}
