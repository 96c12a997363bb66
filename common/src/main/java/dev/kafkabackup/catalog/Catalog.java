// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.catalog;

import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;

/** What a backup holds, from listings alone: there is no index that could disagree with the objects. */
public final class Catalog {

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this catalogue */
    public Catalog(BackupStorage storage) {
        this.storage = storage;
    }

    /** Names of all topics in the backup, sorted. */
    public List<String> topics() throws IOException {
        return storage.folders(BackupLayout.TOPICS).stream()
                .flatMap(folder -> BackupLayout.topicName(folder).stream())
                .sorted()
                .toList();
    }

    /** All incarnations of one topic name, in no particular order; none if the backup does not know the name. */
    public List<TopicIncarnation> incarnations(String topic) throws IOException {
        return storage.folders(BackupLayout.topic(topic)).stream()
                .flatMap(folder -> BackupLayout.topicId(folder).stream())
                .map(id -> new TopicIncarnation(topic, id))
                .toList();
    }

    /** Numbers of the partitions that have a folder, ascending: a partition without segments may be missing. */
    public List<Integer> partitions(TopicIncarnation incarnation) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (String folder : storage.folders(BackupLayout.incarnation(incarnation))) {
            BackupLayout.partitionNumber(folder).ifPresent(numbers::add);
        }
        numbers.sort(null);
        return numbers;
    }

    /** The segments of one partition. */
    public PartitionSegments segments(TopicIdPartition partition) throws IOException {
        return PartitionSegments.of(partition, storage.list(BackupLayout.partition(partition)));
    }

    /**
     * The segments of one partition, for those who act on its holes: a listing that ran while segments were replaced
     * may miss the old ones and the new one alike, so a hole counts only if a second listing, begun after the first
     * ended, shows it too.
     */
    public PartitionSegments segmentsWithProvenHoles(TopicIdPartition partition) throws IOException {
        List<StoredObject> listing = storage.list(BackupLayout.partition(partition));
        PartitionSegments segments = PartitionSegments.of(partition, listing);
        if (segments.coverage().holes().isEmpty()) {
            return segments;
        }
        Map<String, StoredObject> inEither = new HashMap<>();
        for (StoredObject object : listing) {
            inEither.put(object.path(), object);
        }
        for (StoredObject object : storage.list(BackupLayout.partition(partition))) {
            inEither.put(object.path(), object);
        }
        return PartitionSegments.of(partition, inEither.values());
    }
}
