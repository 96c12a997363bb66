// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.scale;

import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * A backup in a folder with very many segments of one record each, of which only the names are there: what looks at
 * listings alone cannot tell the difference.
 *
 * @param root folder of the backup
 * @param topic whose segments they are
 * @param partitions of the topic, 1 or more
 * @param segmentsEach in each partition; they cover the offsets from 0 up to this number
 */
public record GeneratedListing(Path root, TopicIncarnation topic, int partitions, int segmentsEach) {

    private static final long FIRST_TIMESTAMP = 1_760_000_000_000L;

    /** File systems limit the names of one file. */
    private static final int NAMES_OF_ONE_FILE = 50_000;

    /** Writes it; the root is a new one. */
    public void write(String clusterId) throws IOException {
        try (BackupStorage storage = StorageLocation.parse(root.toString()).open()) {
            BackupRoot unused = BackupRoot.openOrCreate(storage, clusterId, Instant.now());
        }
        Path file = root;
        int names = 0;
        for (int partition = 0; partition < partitions; partition++) {
            Path folder = Files.createDirectories(folder(partition));
            for (long offset = 0; offset < segmentsEach; offset++) {
                Path name = folder.resolve(name(offset).fileName());
                if (names++ % NAMES_OF_ONE_FILE == 0) {
                    file = Files.write(name, new byte[1]);
                } else {
                    Files.createLink(name, file);
                }
            }
        }
    }

    private Path folder(int partition) {
        return root.resolve(BackupLayout.partition(topic.partition(partition)));
    }

    private static SegmentName name(long offset) {
        return new SegmentName(
                new OffsetRange(offset, offset + 1), 0, FIRST_TIMESTAMP + offset, FIRST_TIMESTAMP + offset, 1, 1);
    }

    /** Number of all generated segments. */
    public long segments() {
        return (long) partitions * segmentsEach;
    }

    /**
     * Makes sure that a backup went on exactly where the listing ends, with one record in each partition.
     *
     * @throws WrongResult if it did anything else
     */
    public void requireContinued() throws IOException {
        OffsetRange next = new OffsetRange(segmentsEach, segmentsEach + 1L);
        for (int partition = 0; partition < partitions; partition++) {
            try (Stream<Path> files = Files.list(folder(partition))) {
                List<SegmentName> published = files.flatMap(
                                file -> SegmentName.parse(file.getFileName().toString()).stream())
                        .filter(name -> name.range().endOffset() > segmentsEach || name.sizeBytes() > 1)
                        .toList();
                if (published.size() != 1
                        || !published.get(0).range().equals(next)
                        || published.get(0).records() != 1) {
                    throw new WrongResult("%s: the backup should have gone on with %s, but published %s"
                            .formatted(folder(partition), next, published));
                }
            }
        }
    }
}
