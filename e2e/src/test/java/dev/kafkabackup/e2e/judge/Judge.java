// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/**
 * Judges a backup in a local folder by what was produced.
 *
 * <p>An object whose size is not the one in its name is no segment, and its records do not count.
 */
public final class Judge implements AutoCloseable {

    private static final String FORMAT_VERSION = "1";

    private final Path root;
    private final String clusterId;
    private final SegmentReader reader;

    private Judge(Path root, String clusterId, SegmentReader reader) {
        this.root = root;
        this.clusterId = clusterId;
        this.reader = reader;
    }

    /** The main judge, for any size of backup. */
    public static Judge withDuckDb(Path root, String clusterId) {
        return new Judge(root, clusterId, new DuckDbSegmentReader());
    }

    /** The second opinion; checks page checksums too, and holds a partition at a time in memory. */
    public static Judge withParquetAvro(Path root, String clusterId) {
        return new Judge(root, clusterId, new AvroSegmentReader());
    }

    /**
     * Every committed record is in the backup, once and as it was produced; no other is; and every segment is what its
     * name and footer say. A record in doubt may be there or not.
     */
    public void assertComplete(ProducedLog produced, String topic, Uuid topicId) {
        assertSegmentsTrue(topic, topicId);
        assertRecords(produced, topic, topicId);
    }

    /** As {@link #assertComplete}, but about records only: broken objects may lie beside the segments. */
    public void assertRecords(ProducedLog produced, String topic, Uuid topicId) {
        compare(produced, topic, topicId, Map.of());
    }

    /**
     * As {@link #assertComplete}, but in each partition only records before the end of the last segment are missed. For
     * an incarnation that was deleted while it was backed up.
     */
    public void assertCompleteAsFarAsCovered(ProducedLog produced, String topic, Uuid topicId) {
        assertSegmentsTrue(topic, topicId);
        Map<Integer, Long> ends = new TreeMap<>();
        produced.partitions(topicId).forEach(partition -> ends.put(partition, 0L));
        segments(topic, topicId)
                .forEach((partition, segments) -> ends.put(
                        partition,
                        segments.stream()
                                .mapToLong(SegmentFile::endOffset)
                                .max()
                                .orElse(0)));
        compare(produced, topic, topicId, ends);
    }

    /** Every segment is what its name and footer say, its records are in offset order, and nothing else lies beside. */
    public void assertSegmentsTrue(String topic, Uuid topicId) {
        Differences differences = differences(topic, topicId);
        forEachFile(topic, topicId, (partition, file) -> {
            String name = root.relativize(file).toString();
            Optional<SegmentFile> segment = SegmentFile.parse(file);
            if (segment.isEmpty()) {
                differences.add(name + " is not the name of a segment");
            } else if (segment.get().sizeBytes() != size(file)) {
                differences.add("%s says %d bytes, but has %d"
                        .formatted(name, segment.get().sizeBytes(), size(file)));
            } else {
                new SegmentCheck(clusterId, FORMAT_VERSION, new TopicIdPartition(topicId, partition, topic))
                        .check(segment.get(), reader.facts(file), fault -> differences.add(name + " " + fault));
            }
        });
        differences.assertNone();
    }

    /** No offset is covered by two segments. */
    public void assertNoOverlap(String topic, Uuid topicId) {
        Differences differences = differences(topic, topicId);
        segments(topic, topicId).forEach((partition, segments) -> {
            for (int i = 1; i < segments.size(); i++) {
                SegmentFile before = segments.get(i - 1);
                SegmentFile segment = segments.get(i);
                if (segment.startOffset() < before.endOffset()) {
                    differences.add("partition %d: segments %s and %s overlap"
                            .formatted(partition, before.range(), segment.range()));
                }
            }
        });
        differences.assertNone();
    }

    /** Between the first and the last segment of a partition every offset is covered. */
    public void assertContiguous(String topic, Uuid topicId) {
        Differences differences = differences(topic, topicId);
        segments(topic, topicId).forEach((partition, segments) -> {
            long covered = segments.get(0).endOffset();
            for (SegmentFile segment : segments) {
                if (segment.startOffset() > covered) {
                    differences.add("partition %d: nothing covers [%d, %d)"
                            .formatted(partition, covered, segment.startOffset()));
                }
                covered = Math.max(covered, segment.endOffset());
            }
        });
        differences.assertNone();
    }

    /** The ids of all incarnations of the topic that have a folder. */
    public Set<Uuid> incarnations(String topic) {
        return list(root.resolve("topics").resolve("topic=" + topic)).stream()
                .map(folder -> folder.getFileName().toString())
                .filter(name -> name.startsWith("id="))
                .map(name -> Uuid.fromString(name.substring("id=".length())))
                .collect(Collectors.toSet());
    }

    /** The segments of each partition by range; objects whose size is not the one in their name are left out. */
    public NavigableMap<Integer, List<SegmentFile>> segments(String topic, Uuid topicId) {
        NavigableMap<Integer, List<SegmentFile>> segments = new TreeMap<>();
        partitionFolders(topic, topicId).forEach((partition, folder) -> {
            List<SegmentFile> found = list(folder).stream()
                    .map(SegmentFile::parse)
                    .flatMap(Optional::stream)
                    .filter(segment -> segment.sizeBytes() == size(segment.path()))
                    .sorted(SegmentFile.BY_RANGE)
                    .toList();
            if (!found.isEmpty()) {
                segments.put(partition, found);
            }
        });
        return segments;
    }

    /** The temporary files that writers have left anywhere in the backup; no reader takes them for segments. */
    public List<Path> visibleTemporaryFiles() {
        try (Stream<Path> paths = Files.walk(root)) {
            return paths.filter(Judge::isTemporary).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        reader.close();
    }

    /** @param ends the offsets from which on records may be missing; where there is none, none may be missing */
    private void compare(ProducedLog produced, String topic, Uuid topicId, Map<Integer, Long> ends) {
        Differences differences = differences(topic, topicId);
        NavigableMap<Integer, List<SegmentFile>> segments = segments(topic, topicId);
        Set<Integer> partitions = new TreeSet<>(produced.partitions(topicId));
        partitions.addAll(segments.keySet());
        for (int partition : partitions) {
            TopicIdPartition id = new TopicIdPartition(topicId, partition, topic);
            PartitionComparison comparison = new PartitionComparison(
                    produced.records(id),
                    produced.inDoubt(id),
                    ends.getOrDefault(partition, Long.MAX_VALUE),
                    difference -> differences.add("partition " + partition + ", " + difference));
            List<Path> paths = segments.getOrDefault(partition, List.of()).stream()
                    .map(SegmentFile::path)
                    .toList();
            UnionOfSegments union = new UnionOfSegments(comparison);
            reader.read(paths, union::add);
            union.end();
        }
        differences.assertNone();
    }

    private Differences differences(String topic, Uuid topicId) {
        return new Differences("Backup of topic %s (%s) in %s".formatted(topic, topicId, root));
    }

    private void forEachFile(String topic, Uuid topicId, BiConsumer<Integer, Path> action) {
        partitionFolders(topic, topicId)
                .forEach((partition, folder) -> list(folder).stream()
                        .filter(file -> !isTemporary(file))
                        .forEach(file -> action.accept(partition, file)));
    }

    private NavigableMap<Integer, Path> partitionFolders(String topic, Uuid topicId) {
        NavigableMap<Integer, Path> folders = new TreeMap<>();
        for (Path folder : list(root.resolve("topics").resolve("topic=" + topic).resolve("id=" + topicId))) {
            String name = folder.getFileName().toString();
            if (name.matches("partition=\\d{5,}")) {
                folders.put(Integer.valueOf(name.substring("partition=".length())), folder);
            }
        }
        return folders;
    }

    private static boolean isTemporary(Path file) {
        return file.getFileName().toString().contains(".tmp-");
    }

    /** What is in the folder; nothing if it does not exist. */
    private static List<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
