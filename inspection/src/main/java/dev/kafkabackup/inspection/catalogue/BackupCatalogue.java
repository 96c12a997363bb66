// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        for (KnownIncarnation known : calls.forEach(
                incarnations, incarnation -> KnownIncarnation.read(storage, incarnation, live, detailed))) {
            views.add(view(known));
        }
        views.sort(Comparator.comparing(IncarnationView::topic)
                .thenComparing(view -> view.firstSeen() == null ? Instant.EPOCH : view.firstSeen())
                .thenComparing(view -> view.topicId().toString()));
        return views;
    }

    private record Look(PartitionView view, @Nullable SegmentFooter sample, List<String> problems) {}

    private IncarnationView view(KnownIncarnation known) throws IOException {
        List<String> problems = new ArrayList<>(known.problems());
        List<PartitionView> partitions = new ArrayList<>();
        long stored = 0;
        long original = 0;
        for (Optional<Look> look : calls.forEach(known.partitions(), number -> look(known, number, problems))) {
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
        TopicMetadata first = known.first();
        TopicMetadata last = known.last();
        return new IncarnationView(
                known.incarnation().name(),
                known.incarnation().id(),
                last == null ? "unknown" : known.deletedAt() == null ? "live" : "deleted",
                first == null ? null : first.observedAt(),
                known.deletedAt(),
                last == null ? null : last.restoredFrom(),
                known.origins(),
                last == null ? null : last.partitions(),
                last == null ? Map.of() : last.configs(),
                known.configsNow().orElse(null),
                known.configChanges(),
                known.holds(),
                known.removedAt(deletedTopicGrace),
                known.readLate(),
                stored == 0 ? null : (double) original / stored,
                partitions,
                problems);
    }

    private Optional<Look> look(KnownIncarnation known, int number, List<String> problems) {
        try {
            PartitionSegments segments = catalog.segments(known.incarnation().partition(number));
            Problems own = new Problems();
            PartitionRetention retention = known.retention().partition(number);
            List<Hole> holes = detailed
                    ? own.attempt(List.of(), () -> Hole.of(storage, segments, retention.expiredUpTo()))
                    : List.of();
            PartitionView view = PartitionLook.at(
                    segments, retention, retentionGrace, holes, known.logs().get(number), Instant.now());
            view.notSegments()
                    .forEach(path -> own.add("%s is no segment: its size differs from its name".formatted(path)));
            view.missing()
                    .forEach(range ->
                            own.add("%s: nothing covers offsets %s, and no gap is known there: 'verify' tells more"
                                    .formatted(segments.partition(), range)));
            SegmentFooter sample = detailed && number < SAMPLED_SEGMENTS
                    ? own.attempt(Optional.<SegmentFooter>empty(), () -> sample(segments))
                            .orElse(null)
                    : null;
            return Optional.of(new Look(view, sample, own.lines()));
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

    @Override
    public void close() {
        calls.close();
    }
}
