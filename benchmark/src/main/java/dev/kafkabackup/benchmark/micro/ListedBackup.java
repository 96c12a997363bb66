// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.micro;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;

/** A backup of one topic of which there is only the listing, made up at every question. */
final class ListedBackup implements BackupStorage {

    /** Of each segment. */
    static final int RECORDS = 100;

    static final long FIRST_TIMESTAMP = 1_760_000_000_000L;

    private static final Instant MODIFIED_AT = Instant.ofEpochMilli(FIRST_TIMESTAMP);

    private final List<TopicIdPartition> partitions = new ArrayList<>();
    private final int segmentsEach;

    ListedBackup(TopicIncarnation topic, int partitions, int segmentsEach) {
        this.segmentsEach = segmentsEach;
        for (int partition = 0; partition < partitions; partition++) {
            this.partitions.add(topic.partition(partition));
        }
    }

    /** How much time so many segments of a partition span, a record for each ms. */
    static long milliseconds(int segments) {
        return (long) segments * RECORDS;
    }

    List<TopicIdPartition> partitions() {
        return List.copyOf(partitions);
    }

    @Override
    public String root() {
        return "a generated listing";
    }

    @Override
    public List<StoredObject> list(String folder) {
        List<StoredObject> objects = new ArrayList<>();
        if (partitions.stream().anyMatch(partition -> same(BackupLayout.partition(partition), folder))) {
            for (long i = 0; i < segmentsEach; i++) {
                long start = i * RECORDS;
                long timestamp = FIRST_TIMESTAMP + start;
                SegmentName name = new SegmentName(
                        new OffsetRange(start, start + RECORDS), 0, timestamp, timestamp + RECORDS, RECORDS, 50_000);
                objects.add(new StoredObject(folder, name.fileName(), 50_000, MODIFIED_AT));
            }
        }
        return objects;
    }

    @Override
    public List<String> folders(String folder) {
        String below = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
        Set<String> names = new HashSet<>();
        for (TopicIdPartition partition : partitions) {
            String path = BackupLayout.partition(partition);
            if (path.startsWith(below)) {
                names.add(path.substring(below.length()).split("/", -1)[0]);
            }
        }
        return List.copyOf(names);
    }

    private static boolean same(String path, String folder) {
        return (path + "/").equals(folder.endsWith("/") ? folder : folder + "/");
    }

    @Override
    public byte[] read(String path) throws IOException {
        throw new FileNotFoundException(path);
    }

    /** Takes the bytes and forgets them. */
    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        content.writeTo(OutputStream.nullOutputStream());
    }

    @Override
    public void delete(String path) {
        throw new UnsupportedOperationException("Nothing is removed from a listing");
    }

    @Override
    public void close() {
        // nothing is open
    }
}
