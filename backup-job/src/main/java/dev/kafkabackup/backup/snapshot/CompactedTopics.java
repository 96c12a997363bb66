// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.ReadProgress;
import dev.kafkabackup.retention.ReadingState;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether compacted topics are read before Kafka removes their tombstones, writes down where they were not, and
 * raises the alarm. Times are the host's, like those of the records themselves.
 *
 * <p>Used from one thread, but for {@link #partitionsReadLate()}.
 */
final class CompactedTopics {

    private static final Logger LOG = LoggerFactory.getLogger(CompactedTopics.class);

    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final int LOOKS_IN_RETENTION = 24;

    /** A segment is published up to some rounds after its records were written, however well everything goes. */
    private static final int SHORTEST_RETENTION_IN_ROUNDS = 10;

    private final Admin admin;
    private final Catalog catalog;
    private final ReadingStore store;
    private final Duration shortestRetention;
    private final Counter lateReads;
    private final Map<TopicIncarnation, Known> known = new HashMap<>();
    private final Map<TopicIncarnation, Instant> notCompactedAt = new HashMap<>();
    private volatile int partitionsReadLate;

    /**
     * @param round how often {@link #look} is called
     * @param lateReads counts findings
     */
    CompactedTopics(Admin admin, BackupStorage storage, Duration round, Counter lateReads) {
        this.admin = admin;
        this.catalog = new Catalog(storage);
        this.store = new ReadingStore(storage);
        this.shortestRetention = round.multipliedBy(SHORTEST_RETENTION_IN_ROUNDS);
        this.lateReads = lateReads;
    }

    private record Known(ReadingState state, List<String> objects, Instant lookedAt) {}

    /** In how many partitions of the topics that are backed up tombstones may be missing; any thread may ask. */
    int partitionsReadLate() {
        return partitionsReadLate;
    }

    /**
     * Looks at those whose turn it is.
     *
     * @throws IOException if the storage failed; what was not looked at is looked at in the next round
     * @throws KafkaException if Kafka did not answer
     */
    void look(TopicSnapshot snapshot) throws IOException {
        Map<TopicIncarnation, CompactedTopic> due = new HashMap<>();
        Instant now = Instant.now();
        for (TopicDescription topic : snapshot.topics().found()) {
            TopicIncarnation incarnation = new TopicIncarnation(topic.name(), topic.topicId());
            Config config = snapshot.configs().get(topic.name());
            if (config != null) {
                CompactedTopic.of(topic, config)
                        .ifPresentOrElse(
                                compacted -> {
                                    if (isDue(compacted, now)) {
                                        due.put(incarnation, compacted);
                                    }
                                },
                                () -> notCompactedAt.put(incarnation, now));
            }
        }
        Map<TopicPartition, Long> logEnds = logEnds(due.values());
        for (CompactedTopic topic : due.values()) {
            look(topic, now, logEnds);
        }
        partitionsReadLate = (int) known.values().stream()
                .flatMap(one -> one.state().partitions().values().stream())
                .filter(partition -> !partition.late().isEmpty())
                .count();
    }

    private boolean isDue(CompactedTopic topic, Instant now) {
        Known before = known.get(topic.incarnation());
        Duration part = retention(topic).dividedBy(LOOKS_IN_RETENTION);
        Duration pause = part.compareTo(LONGEST_PAUSE) < 0 ? part : LONGEST_PAUSE;
        return before == null || Duration.between(before.lookedAt(), now).abs().compareTo(pause) >= 0;
    }

    private Duration retention(CompactedTopic topic) {
        return topic.tombstonesStay().compareTo(shortestRetention) > 0 ? topic.tombstonesStay() : shortestRetention;
    }

    private void look(CompactedTopic topic, Instant now, Map<TopicPartition, Long> logEnds) throws IOException {
        TopicIncarnation incarnation = topic.incarnation();
        Known before = known.get(incarnation);
        if (before == null) {
            ReadingStore.Stored stored = store.read(incarnation);
            before = new Known(stored.state(), stored.objects(), now);
        }
        ReadingState state = before.state();
        for (int number = 0; number < topic.partitions(); number++) {
            Long logEnd = logEnds.get(new TopicPartition(incarnation.name(), number));
            if (logEnd != null) {
                state = state.with(
                        number, look(topic, number, state.partitions().get(number), now, logEnd));
            }
        }
        known.put(incarnation, new Known(state, store.write(incarnation, state, before.objects()), now));
        notCompactedAt.remove(incarnation);
        alarm(topic, before.state(), state);
    }

    private ReadProgress look(CompactedTopic topic, int number, @Nullable ReadProgress before, Instant now, long logEnd)
            throws IOException {
        if (before != null && before.isComplete(logEnd)) {
            return before.seen(now, logEnd);
        }
        PartitionSegments segments = catalog.segments(topic.incarnation().partition(number));
        ReadProgress progress = before != null ? before : ReadProgress.begin(segments, readBefore(segments, now));
        return progress.judged(now, logEnd, segments, retention(topic));
    }

    /** A topic that was not compacted before was not looked at: its segments, or this job, tell when it was read. */
    private Instant readBefore(PartitionSegments segments, Instant now) {
        Instant seen = notCompactedAt.get(TopicIncarnation.of(segments.partition()));
        return seen != null
                ? seen
                : segments.segments().stream()
                        .map(Segment::publishedAt)
                        .max(Comparator.naturalOrder())
                        .orElse(now);
    }

    private void alarm(CompactedTopic topic, ReadingState before, ReadingState after) {
        after.partitions().forEach((number, progress) -> {
            ReadProgress old = before.partitions().get(number);
            for (LateRead late : progress.late()) {
                if (old == null || !old.late().contains(late)) {
                    lateReads.inc();
                    LOG.warn(
                            "Partition {} of compacted topic {} was read too late, {}: delete.retention.ms is {}, so"
                                    + " tombstones may be missing in the backup, and a restore may bring back keys that"
                                    + " were deleted; run the backup at shorter intervals, or raise delete.retention.ms",
                            number,
                            topic.incarnation(),
                            late,
                            topic.tombstonesStay().toMillis());
                }
            }
        });
    }

    /** Up to where records can be read; a partition without a leader, or that may not be read, is missing. */
    private Map<TopicPartition, Long> logEnds(Collection<CompactedTopic> topics) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        for (CompactedTopic topic : topics) {
            for (int number = 0; number < topic.partitions(); number++) {
                wanted.put(new TopicPartition(topic.incarnation().name(), number), OffsetSpec.latest());
            }
        }
        Map<TopicPartition, Long> offsets = new HashMap<>();
        if (wanted.isEmpty()) {
            return offsets;
        }
        ListOffsetsResult answers = admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        for (TopicPartition partition : wanted.keySet()) {
            try {
                offsets.put(
                        partition,
                        KafkaConnection.await(answers.partitionResult(partition))
                                .offset());
            } catch (KafkaException e) {
                LOG.debug("The end of {} is not known, it is looked at in the next round", partition, e);
            }
        }
        return offsets;
    }
}
