// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.kafka.GroupCommits;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down the committed offsets of all consumer groups: everything at first and once an hour, changes in between.
 *
 * <p>An offset belongs to the incarnation whose ID its topic had both before and after the offsets were read. Kafka
 * removes a deleted topic's offsets, possibly before anybody sees the deletion, so an offset that disappears is taken
 * to be given up only if it is missing in two rounds in a row in which its incarnation was live; otherwise the last
 * value stays.
 *
 * <p>Used from one thread.
 */
final class GroupRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(GroupRecorder.class);

    private static final Duration FULL_INTERVAL = Duration.ofHours(1);

    private final Admin admin;
    private final TopicFilter filter;
    private final GroupHistory history;
    private final String ownGroup;

    /** What the backup holds; null until it was read. */
    private @Nullable Map<GroupOffset.Key, GroupOffset> recorded;

    private volatile int groups;
    private Set<GroupOffset.Key> missingBefore = new HashSet<>();
    private Instant lastFull = Instant.EPOCH;
    private Instant lastTakenAt = Instant.EPOCH;

    /** @param ownGroup the backup's own group, which is left out */
    GroupRecorder(Admin admin, TopicFilter filter, BackupStorage storage, String ownGroup) {
        this.admin = admin;
        this.filter = filter;
        this.history = new GroupHistory(storage);
        this.ownGroup = ownGroup;
    }

    /**
     * One round.
     *
     * @throws IOException if the storage failed; what was not written is written in the next round
     * @throws KafkaException if Kafka did not answer
     */
    void record() throws IOException {
        Map<GroupOffset.Key, GroupOffset> before = recorded();
        Map<String, Uuid> idsBefore = topicIds();
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = GroupCommits.of(
                admin,
                before.keySet().stream().map(GroupOffset.Key::group).toList(),
                ownGroup,
                (group, e) -> LOG.warn("Committed offsets of group {} are not known: {}", group, e.getMessage()));
        Instant takenAt = Moment.after(lastTakenAt);
        Map<String, Uuid> ids = topicIds();
        ids.entrySet().removeIf(topic -> !topic.getValue().equals(idsBefore.get(topic.getKey())));

        Map<GroupOffset.Key, GroupOffset> now = new HashMap<>();
        committed.forEach((group, offsets) -> offsets.forEach((partition, offset) -> {
            Uuid id = ids.get(partition.topic());
            if (id != null && offset != null) {
                GroupOffset value =
                        new GroupOffset(group, partition.topic(), id, partition.partition(), offset.offset());
                now.put(value.key(), value);
            }
        }));
        write(before, now, committed.keySet(), Set.copyOf(ids.values()), takenAt);
    }

    private void write(
            Map<GroupOffset.Key, GroupOffset> before,
            Map<GroupOffset.Key, GroupOffset> now,
            Set<String> answered,
            Set<Uuid> live,
            Instant takenAt)
            throws IOException {
        Set<GroupOffset.Key> missing = new HashSet<>();
        List<GroupOffset> removed = new ArrayList<>();
        for (Map.Entry<GroupOffset.Key, GroupOffset> entry : before.entrySet()) {
            GroupOffset.Key key = entry.getKey();
            if (!now.containsKey(key) && live.contains(key.topicId()) && answered.contains(key.group())) {
                missing.add(key);
                if (missingBefore.contains(key)) {
                    removed.add(entry.getValue());
                }
            }
        }
        List<GroupOffset> changed = new ArrayList<>();
        now.forEach((key, offset) -> {
            if (!offset.equals(before.get(key))) {
                changed.add(offset);
            }
        });
        Map<GroupOffset.Key, GroupOffset> after = new HashMap<>(before);
        removed.forEach(offset -> after.remove(offset.key()));
        changed.forEach(offset -> after.put(offset.key(), offset));

        boolean full = Duration.between(lastFull, takenAt).compareTo(FULL_INTERVAL) >= 0;
        if (full) {
            history.append(new GroupSnapshot(takenAt, true, List.copyOf(after.values()), List.of()));
            lastFull = takenAt;
        } else if (!changed.isEmpty() || !removed.isEmpty()) {
            history.append(new GroupSnapshot(takenAt, false, changed, removed));
        }
        lastTakenAt = takenAt;
        recorded = after;
        groups = (int)
                after.keySet().stream().map(GroupOffset.Key::group).distinct().count();
        missingBefore = missing;
        LOG.debug("Groups: {} offsets changed, {} given up", changed.size(), removed.size());
    }

    /** How many groups have offsets in the backup; any thread may ask. */
    int groups() {
        return groups;
    }

    private Map<GroupOffset.Key, GroupOffset> recorded() throws IOException {
        if (recorded == null) {
            Map<GroupOffset.Key, GroupOffset> read = new HashMap<>();
            // everything, also what a host whose clock is ahead has written
            GroupOffsets stored = history.asOf(Instant.MAX, GroupRecorder::tellUnreadable);
            lastTakenAt = stored.asOf();
            stored.all().forEach(offset -> read.put(offset.key(), offset));
            recorded = read;
        }
        return recorded;
    }

    /** The first round writes everything, so that what is not readable is needed by nobody who asks for later. */
    private static void tellUnreadable(CorruptDataException e) {
        LOG.warn("{}; what groups have committed now is written whole", e.getMessage());
    }

    /** IDs of the topics that are backed up, by name. */
    private Map<String, Uuid> topicIds() {
        Map<String, Uuid> ids = new HashMap<>();
        for (TopicListing topic : KafkaConnection.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).listings())) {
            if (filter.matches(topic.name()) && !Uuid.ZERO_UUID.equals(topic.topicId())) {
                ids.put(topic.name(), topic.topicId());
            }
        }
        return ids;
    }
}
