// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a backup, several partitions at a time. What is wrong somewhere hides nothing elsewhere.
 *
 * <p>Used from one thread.
 */
public final class BackupVerification implements AutoCloseable {

    private final BackupStorage storage;
    private final Catalog catalog;
    private final MetadataCheck metadata;
    private final boolean deep;
    private final @Nullable LiveTopics live;
    private final ConcurrentCalls calls;

    /**
     * @param storage not closed here
     * @param clusterId that the backup belongs to
     * @param deep whether every byte is read
     * @param live to compare with what Kafka has; null without. Not closed here
     * @param parallelism partitions at the same time, 1 or more
     */
    public BackupVerification(
            BackupStorage storage, String clusterId, boolean deep, @Nullable LiveTopics live, int parallelism) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.metadata = new MetadataCheck(storage, clusterId);
        this.deep = deep;
        this.live = live;
        this.calls = new ConcurrentCalls(parallelism);
    }

    /**
     * What was found.
     *
     * @param partitions all that were looked at
     * @param others findings that are about no partition
     */
    public record Result(List<PartitionResult> partitions, List<Finding> others) {

        /** All findings. */
        public List<Finding> findings() {
            List<Finding> all = new ArrayList<>(others);
            partitions.forEach(partition -> all.addAll(partition.findings()));
            return all;
        }
    }

    private record Todo(
            TopicIdPartition partition,
            long expiredUpTo,
            @Nullable LiveLog log) {}

    /**
     * Verifies topics.
     *
     * @param topics their names
     * @param withGroups whether group snapshots are looked at, too
     * @param progress told how far it has come
     */
    public Result run(Collection<String> topics, boolean withGroups, VerificationProgress progress) throws IOException {
        List<Finding> others = new ArrayList<>();
        List<Todo> todo = new ArrayList<>();
        for (String topic : topics) {
            for (TopicIncarnation incarnation : catalog.incarnations(topic)) {
                prepare(incarnation, todo, others);
            }
        }
        if (withGroups) {
            calls.forEach(storage.folders("groups"), metadata::groups).forEach(others::addAll);
        }
        progress.found(todo.size());
        return new Result(
                calls.forEach(todo, partition -> {
                    PartitionResult result = check(partition, progress);
                    progress.partitionDone();
                    return result;
                }),
                others);
    }

    private void prepare(TopicIncarnation topic, List<Todo> todo, List<Finding> others) throws IOException {
        List<Integer> folders = catalog.partitions(topic);
        others.addAll(metadata.topic(topic, folders, live));
        RetentionState retention = RetentionState.NONE;
        Map<Integer, LiveLog> logs = Map.of();
        try {
            retention = new RetentionStore(storage).read(topic).state();
            logs = live == null ? Map.of() : live.logs(topic);
        } catch (BackupException | KafkaException e) {
            others.add(new Finding(
                    Kind.UNREADABLE, topic.name(), topic.id(), null, null, null, String.valueOf(e.getMessage())));
        }
        Set<Integer> numbers = new TreeSet<>(folders);
        numbers.addAll(logs.keySet());
        for (int number : numbers) {
            todo.add(new Todo(
                    topic.partition(number), retention.partition(number).expiredUpTo(), logs.get(number)));
        }
    }

    private PartitionResult check(Todo todo, VerificationProgress progress) {
        KafkaConnection kafka = live == null ? null : live.connection();
        try {
            return new PartitionCheck(storage, todo.partition(), deep, progress)
                    .run(todo.expiredUpTo(), todo.log(), kafka);
        } catch (IOException | BackupException | KafkaException e) {
            TopicIdPartition partition = todo.partition();
            Finding finding = new Finding(
                    Kind.UNREADABLE,
                    partition.topic(),
                    partition.topicId(),
                    partition.partition(),
                    null,
                    null,
                    String.valueOf(e.getMessage()));
            return new PartitionResult(partition, 0, 0, 0, Set.of(), List.of(finding));
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
