// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A backup of one topic with three segments of ten records each, in a folder, and what may happen to it. */
final class SmallBackup {

    static final String FOREIGN = "not of this backup";

    private static final int RECORDS = 30;
    private static final int RECORDS_OF_A_SEGMENT = 10;

    private final Path root;
    private final TopicIncarnation topic;
    private String damagedName = "";

    SmallBackup(Path root, TopicIncarnation topic) {
        this.root = root;
        this.topic = topic;
    }

    /** Brings the records to Kafka. */
    static void produce(String bootstrapServers) {
        try (RecordingProducer producer = new RecordingProducer(bootstrapServers, new ProducedLog())) {
            for (int offset = 0; offset < RECORDS; offset++) {
                producer.send(new ProducerRecord<>("orders", 0, timestamp(offset), key(offset), value(offset)));
            }
        }
    }

    /** Writes the backup as the jobs would. */
    static void write(Path root, String clusterId, TopicIncarnation topic) throws IOException {
        Instant now = Instant.ofEpochMilli(System.currentTimeMillis());
        try (BackupStorage storage = StorageLocation.parse(root.toString()).open()) {
            BackupRoot.openOrCreate(storage, clusterId, now);
            for (int i = 3; i > 0; i--) {
                new TopicMetadataStore(storage)
                        .append(new TopicMetadata(
                                topic.name(),
                                topic.id(),
                                clusterId,
                                1,
                                1,
                                Map.of(),
                                true,
                                TopicState.LIVE,
                                now.minusSeconds(i),
                                null));
                GroupOffset offset = new GroupOffset("billing", topic.name(), topic.id(), 0, 18 - i % 2);
                new GroupHistory(storage)
                        .append(new GroupSnapshot(now.minusSeconds(i), i == 3, List.of(offset), List.of()));
            }
            for (int start = 0; start < RECORDS; start += RECORDS_OF_A_SEGMENT) {
                publish(storage, clusterId, topic, start);
            }
        }
    }

    private static void publish(BackupStorage storage, String clusterId, TopicIncarnation topic, int start)
            throws IOException {
        SegmentWriter writer = new SegmentWriter(clusterId, topic.partition(0), start, 3);
        for (int offset = start; offset < start + RECORDS_OF_A_SEGMENT; offset++) {
            writer.append(new SegmentRecord(
                    offset,
                    timestamp(offset),
                    TimestampType.CREATE_TIME,
                    0,
                    key(offset),
                    value(offset),
                    new RecordHeaders()));
        }
        EncodedSegment segment = writer.seal();
        storage.publish(BackupLayout.segment(topic.partition(0), segment.name()), segment);
    }

    /** One more segment of ten records, as a second job would write it. */
    void addSegment(String clusterId, int start) throws IOException {
        try (BackupStorage storage = StorageLocation.parse(root.toString()).open()) {
            publish(storage, clusterId, topic, start);
        }
    }

    void removeLastSegment() throws IOException {
        Files.delete(segment(2));
    }

    /** As if a restore had filled the topic from another incarnation. */
    void addOrigin(String clusterId, Uuid origin) throws IOException {
        try (BackupStorage storage = StorageLocation.parse(root.toString()).open()) {
            new TopicMetadataStore(storage)
                    .append(new TopicMetadata(
                            topic.name(),
                            topic.id(),
                            clusterId,
                            1,
                            1,
                            Map.of(),
                            true,
                            TopicState.LIVE,
                            Instant.ofEpochMilli(System.currentTimeMillis()),
                            origin));
        }
    }

    private static long timestamp(int offset) {
        return 1_700_000_000_000L + offset;
    }

    private static byte[] key(int offset) {
        return ("key " + offset).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] value(int offset) {
        return ("value " + offset).getBytes(StandardCharsets.UTF_8);
    }

    private Path incarnation() {
        return root.resolve("topics/topic=" + topic.name() + "/id=" + topic.id());
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private Path segment(int number) throws IOException {
        Path segment = files(incarnation().resolve("partition=00000")).get(number);
        damagedName = segment.getFileName().toString();
        return segment;
    }

    /** File name of the segment to which something was done. */
    String damagedName() {
        return damagedName;
    }

    void removeSegment(int number) throws IOException {
        Files.delete(segment(number));
    }

    void remove() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    void makeNewer() throws IOException {
        Path file = root.resolve("backup.json");
        Files.writeString(file, Files.readString(file).replace("\"formatVersion\" : 1", "\"formatVersion\" : 99"));
    }

    /** Nothing but {@code backup.json}. */
    void makeEmpty() throws IOException {
        byte[] header = Files.readAllBytes(root.resolve("backup.json"));
        remove();
        Files.createDirectories(root);
        Files.write(root.resolve("backup.json"), header);
    }

    void flip(int segment) throws IOException {
        Path file = segment(segment);
        byte[] bytes = Files.readAllBytes(file);
        bytes[40] ^= 1;
        Files.write(file, bytes);
    }

    void truncate(int segment) throws IOException {
        Path file = segment(segment);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 100));
    }

    /** The middle one of the states and of the snapshots, and the offset map. */
    void breakSmallObjects() throws IOException {
        Files.writeString(files(incarnation().resolve("meta")).get(1), "{");
        Files.writeString(files(root.resolve("groups")).get(1), "{");
    }

    /** As if the topic had had this config when it was seen last. */
    void addConfig(String name, String value) throws IOException {
        Path newest = files(incarnation().resolve("meta")).get(2);
        Files.writeString(
                newest,
                Files.readString(newest)
                        .replace("\"configs\" : { }", "\"configs\" : {\"%s\": \"%s\"}".formatted(name, value)));
    }

    void addForeignFiles() throws IOException {
        for (Path file : foreignFiles()) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, FOREIGN);
        }
    }

    /** In every folder, and in folders of their own. */
    List<Path> foreignFiles() {
        return Stream.of(
                        "",
                        "notes/",
                        "topics/",
                        "topics/notes/",
                        "topics/topic=orders/",
                        "topics/topic=orders/notes/",
                        "topics/topic=orders/holds/",
                        "topics/topic=orders/id=" + topic.id() + "/",
                        "topics/topic=orders/id=" + topic.id() + "/notes/",
                        "topics/topic=orders/id=" + topic.id() + "/meta/",
                        "topics/topic=orders/id=" + topic.id() + "/retention/",
                        "topics/topic=orders/id=" + topic.id() + "/partition=00000/",
                        "groups/",
                        "groups/notes/",
                        "jobs/",
                        "maintenance/",
                        "restores/",
                        "restores/notes/",
                        "restores/r1/",
                        "restores/r1/offset-map/")
                .map(folder -> root.resolve(folder + "notes.txt"))
                .toList();
    }
}
