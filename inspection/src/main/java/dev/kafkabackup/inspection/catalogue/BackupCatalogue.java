// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.retention.Sighting;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * What a backup holds, from listings and small objects, many at a time. What cannot be read of one topic is a line
 * among its problems and hides no other topic.
 *
 * <p>Used from one thread.
 */
public final class BackupCatalogue implements AutoCloseable {

    private static final int CALLS_AT_ONCE = 16;
    private static final int SAMPLED_SEGMENTS = 4;

    private final BackupStorage storage;
    private final Catalog catalog;
    private final @Nullable Duration retentionGrace;
    private final @Nullable Duration deletedTopicGrace;
    private final @Nullable LiveTopics live;
    private final boolean detailed;
    private final ConcurrentCalls calls = new ConcurrentCalls(CALLS_AT_ONCE);

    /**
     * @param storage not closed here
     * @param retentionGrace how long records stay after Kafka has removed them; null for ever
     * @param deletedTopicGrace how long a deleted topic stays; null for ever
     * @param live asked for durable lag and configs; null without a broker. Not closed here
     * @param detailed whether more than listings is looked at: a few footers for the compression ratio, the one behind
     *     each hole for what explains it, and configs in Kafka
     */
    public BackupCatalogue(
            BackupStorage storage,
            @Nullable Duration retentionGrace,
            @Nullable Duration deletedTopicGrace,
            @Nullable LiveTopics live,
            boolean detailed) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.retentionGrace = retentionGrace;
        this.deletedTopicGrace = deletedTopicGrace;
        this.live = live;
        this.detailed = detailed;
    }

    /** Names of all topics, sorted. */
    public List<String> topics() throws IOException {
        return catalog.topics();
    }

    /** All incarnations of the topics: by name, the oldest first. */
    public List<IncarnationView> incarnations(Collection<String> topics) throws IOException {
        List<TopicIncarnation> incarnations = calls.forEach(topics, catalog::incarnations).stream()
                .flatMap(List::stream)
                .toList();
        List<IncarnationView> views = new ArrayList<>();
        for (Found found : calls.forEach(incarnations, this::find)) {
            views.add(view(found));
        }
        views.sort(Comparator.comparing(IncarnationView::topic)
                .thenComparing(view -> view.firstSeen() == null ? Instant.EPOCH : view.firstSeen())
                .thenComparing(view -> view.topicId().toString()));
        return views;
    }

    /** What is known of an incarnation before its partitions are listed. */
    private record Found(
            TopicIncarnation incarnation,
            List<TopicMetadata> history,
            List<Integer> partitions,
            RetentionState retention,
            List<Hold> holds,
            Map<Integer, List<LateRead>> readLate,
            Map<Integer, LiveLog> logs,
            Optional<Map<String, String>> configsNow,
            List<String> problems) {}

    private record Look(PartitionView view, @Nullable SegmentFooter sample, List<String> problems) {}

    private Found find(TopicIncarnation incarnation) {
        List<String> problems = new ArrayList<>();
        return new Found(
                incarnation,
                attempt(
                        problems,
                        List.of(),
                        () -> new TopicMetadataStore(storage)
                                .history(incarnation, e -> problems.add(String.valueOf(e.getMessage())))),
                attempt(problems, List.of(), () -> catalog.partitions(incarnation)),
                attempt(
                        problems,
                        RetentionState.NONE,
                        () -> new RetentionStore(storage).read(incarnation).state()),
                attempt(problems, List.of(), () -> new HoldStore(storage).active(incarnation, Instant.now())),
                attempt(problems, Map.of(), () -> new ReadingStore(storage).late(incarnation)),
                attempt(problems, Map.of(), () -> live == null ? Map.of() : live.logs(incarnation)),
                attempt(problems, Optional.empty(), () -> configsNow(incarnation)),
                problems);
    }

    private Optional<Map<String, String>> configsNow(TopicIncarnation incarnation) {
        return live == null || !detailed || live.find(incarnation).isEmpty()
                ? Optional.empty()
                : live.configs(incarnation.name());
    }

    private interface Reading<T> {

        T read() throws IOException;
    }

    private static <T> T attempt(List<String> problems, T otherwise, Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException | BackupException | KafkaException e) {
            problems.add(String.valueOf(e.getMessage()));
            return otherwise;
        }
    }

    private IncarnationView view(Found found) throws IOException {
        TopicIncarnation incarnation = found.incarnation();
        List<String> problems = new ArrayList<>(found.problems());
        List<PartitionView> partitions = new ArrayList<>();
        long stored = 0;
        long original = 0;
        for (Optional<Look> look : calls.forEach(found.partitions(), number -> look(found, number, problems))) {
            if (look.isPresent()) {
                partitions.add(look.get().view());
                problems.addAll(look.get().problems());
                SegmentFooter sample = look.get().sample();
                if (sample != null) {
                    stored += sample.compressedBytes();
                    original += sample.uncompressedBytes();
                }
            }
        }
        TopicMetadata first = found.history().isEmpty() ? null : found.history().get(0);
        TopicMetadata last = found.history().isEmpty()
                ? null
                : found.history().get(found.history().size() - 1);
        Instant deletedAt = last != null && last.state() == TopicState.DELETED ? last.observedAt() : null;
        return new IncarnationView(
                incarnation.name(),
                incarnation.id(),
                last == null ? "unknown" : deletedAt == null ? "live" : "deleted",
                first == null ? null : first.observedAt(),
                deletedAt,
                last == null ? null : last.restoredFrom(),
                last == null ? null : last.partitions(),
                last == null ? Map.of() : last.configs(),
                found.configsNow().orElse(null),
                changes(found.history()),
                found.holds(),
                deletedAt == null ? null : removedAt(found.retention(), deletedAt),
                found.readLate(),
                stored == 0 ? null : (double) original / stored,
                partitions,
                problems);
    }

    private Optional<Look> look(Found found, int number, List<String> problems) {
        try {
            PartitionSegments segments = catalog.segments(found.incarnation().partition(number));
            List<String> own = new ArrayList<>();
            PartitionRetention retention = found.retention().partition(number);
            List<Hole> holes = detailed
                    ? attempt(own, List.of(), () -> Hole.of(storage, segments, retention.expiredUpTo()))
                    : List.of();
            PartitionView view = PartitionLook.at(
                    segments, retention, retentionGrace, holes, found.logs().get(number), Instant.now());
            view.notSegments()
                    .forEach(path -> own.add("%s is no segment: its size differs from its name".formatted(path)));
            view.missing()
                    .forEach(range ->
                            own.add("%s: nothing covers offsets %s, and no gap is known there: 'verify' tells more"
                                    .formatted(segments.partition(), range)));
            SegmentFooter sample = detailed && number < SAMPLED_SEGMENTS
                    ? attempt(own, Optional.<SegmentFooter>empty(), () -> sample(segments))
                            .orElse(null)
                    : null;
            return Optional.of(new Look(view, sample, own));
        } catch (IOException | BackupException e) {
            synchronized (problems) {
                problems.add(String.valueOf(e.getMessage()));
            }
            return Optional.empty();
        }
    }

    /** Empty also if it was merged since the listing. */
    private Optional<SegmentFooter> sample(PartitionSegments segments) throws IOException {
        if (segments.slices().isEmpty()) {
            return Optional.empty();
        }
        SegmentSlice last = segments.slices().get(segments.slices().size() - 1);
        try {
            return Optional.of(SegmentFooter.read(
                    storage,
                    BackupLayout.segment(segments.partition(), last.name()),
                    last.name().sizeBytes()));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        }
    }

    private static List<ConfigChange> changes(List<TopicMetadata> history) {
        List<ConfigChange> changes = new ArrayList<>();
        for (int i = 1; i < history.size(); i++) {
            Map<String, String> before = history.get(i - 1).configs();
            Map<String, String> after = history.get(i).configs();
            TreeSet<String> names = new TreeSet<>(before.keySet());
            names.addAll(after.keySet());
            for (String name : names) {
                if (!Objects.equals(before.get(name), after.get(name))) {
                    changes.add(new ConfigChange(history.get(i).observedAt(), name, before.get(name), after.get(name)));
                }
            }
        }
        return changes;
    }

    /** Grace is time in which somebody looked, so this is the earliest moment. */
    private @Nullable Instant removedAt(RetentionState retention, Instant deletedAt) {
        if (deletedTopicGrace == null) {
            return null;
        }
        Duration left = deletedTopicGrace.minus(retention.gone().watchedAtLeast(RetentionState.GONE));
        Instant seen = retention.gone().last().map(Sighting::at).orElse(deletedAt);
        return seen.plus(left.isNegative() ? Duration.ZERO : left);
    }

    @Override
    public void close() {
        calls.close();
    }
}
