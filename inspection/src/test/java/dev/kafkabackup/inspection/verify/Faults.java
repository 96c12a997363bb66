// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Does harm to the backup of a topic, in its folder. Segments are numbered by their names, of partition 0. */
final class Faults {

    private final Path root;
    private final Path incarnation;

    Faults(Path root, TopicIncarnation topic) {
        this.root = root;
        this.incarnation = root.resolve("topics/topic=" + topic.name() + "/id=" + topic.id());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private List<Path> segments() throws IOException {
        return files(incarnation.resolve("partition=00000"));
    }

    Path segment(int number) throws IOException {
        return segments().get(number);
    }

    /** What the names of the segments cover. */
    List<OffsetRange> offsets(int partition) throws IOException {
        return Coverage.of(files(incarnation.resolve("partition=%05d".formatted(partition))).stream()
                        .map(file -> SegmentName.parse(file.getFileName().toString()))
                        .flatMap(Optional::stream)
                        .map(SegmentName::range)
                        .toList())
                .ranges();
    }

    void remove(int number) throws IOException {
        Files.delete(segment(number));
    }

    /** @param position of the byte; negative counts from the end */
    void flip(int number, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(segment(number));
        bytes[position < 0 ? bytes.length + position : position] ^= 1;
        Files.write(segment(number), bytes);
    }

    void truncate(int number) throws IOException {
        byte[] bytes = Files.readAllBytes(segment(number));
        Files.write(segment(number), Arrays.copyOf(bytes, bytes.length / 2));
    }

    void empty() throws IOException {
        Files.write(segment(1), new byte[0]);
    }

    /** @param character of the name whose bit is flipped */
    void flipInName(int number, int character, int bit) throws IOException {
        Path segment = segment(number);
        StringBuilder name = new StringBuilder(segment.getFileName().toString());
        name.setCharAt(character, (char) (name.charAt(character) ^ (1 << bit)));
        Files.move(segment, segment.resolveSibling(name.toString()));
    }

    void swap(int one, int other) throws IOException {
        Path first = segment(one);
        Path second = segment(other);
        byte[] bytes = Files.readAllBytes(first);
        Files.write(first, Files.readAllBytes(second));
        Files.write(second, bytes);
    }

    /** @param folder beside that of partition 0 */
    void move(int number, String folder) throws IOException {
        Path segment = segment(number);
        Path target = Files.createDirectories(incarnation.resolve(folder));
        Files.move(segment, target.resolve(segment.getFileName()));
    }

    void copyToOtherTopicId(int number, String id) throws IOException {
        Path segment = segment(number);
        Path target = Files.createDirectories(incarnation.resolveSibling("id=" + id + "/partition=00000"));
        Files.copy(segment, target.resolve(segment.getFileName()));
    }

    List<Path> metadata() throws IOException {
        return files(incarnation.resolve("meta"));
    }

    private Path newestMetadata() throws IOException {
        return metadata().get(metadata().size() - 1);
    }

    void breakNewestMetadata() throws IOException {
        Files.writeString(newestMetadata(), "{");
    }

    void removeMetadata() throws IOException {
        for (Path state : metadata()) {
            Files.delete(state);
        }
    }

    /** What was true once, as if it was true now. */
    void makeMetadataStale() throws IOException {
        Files.copy(metadata().get(0), newestMetadata().resolveSibling("4102444800000-abcd.json"));
    }

    void changeMetadata(String from, String to) throws IOException {
        Path newest = newestMetadata();
        Files.writeString(newest, Files.readString(newest).replace(from, to), StandardCharsets.UTF_8);
    }

    void breakGroups() throws IOException {
        try (var files = Files.walk(root.resolve("groups"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.writeString(file, "nothing");
            }
        }
    }
}
