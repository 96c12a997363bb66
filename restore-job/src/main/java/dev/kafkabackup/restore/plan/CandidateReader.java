// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.retention.LateRead;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the incarnations that selections may mean, and what each of them holds, in three rounds of concurrent calls:
 * incarnations of each topic, metadata and partitions of each incarnation, segments of each partition. Of a listing it
 * keeps no more than the plan needs.
 */
final class CandidateReader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CandidateReader.class);

    /** Enough to hide the delay of an object store, few enough for the memory that listings need. */
    private static final int CALLS_AT_ONCE = 16;

    /** Names in one message: enough to see a typing error. */
    private static final int NAMES_SHOWN = 20;

    private final BackupStorage storage;
    private final Catalog catalog;
    private final TopicMetadataStore metadata;
    private final ReadingStore reading;
    private final RetentionStore retention;
    private final ConcurrentCalls calls = new ConcurrentCalls(CALLS_AT_ONCE);

    /** @param storage where the backup lies; not closed by this reader */
    CandidateReader(BackupStorage storage) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.metadata = new TopicMetadataStore(storage);
        this.reading = new ReadingStore(storage);
        this.retention = new RetentionStore(storage);
    }

    /**
     * Finds the candidates of each selection, one or more.
     *
     * @throws UsageException if something was selected that is not in the backup
     */
    Map<RestoreSelection, List<Candidate>> read(Collection<RestoreSelection> selections) throws IOException {
        List<Incarnation> incarnations = new ArrayList<>();
        calls.forEach(selections, this::incarnations).forEach(incarnations::addAll);
        List<Known> known = calls.forEach(incarnations, this::known);
        List<Wanted> wanted = known.stream().flatMap(Known::wanted).toList();
        Map<Incarnation, List<Listed>> listed = calls.forEach(wanted, this::list).stream()
                .collect(Collectors.groupingBy(one -> one.of().incarnation()));
        Optional<UnfinishedRestores> restores =
                hasCopies(known) ? Optional.of(UnfinishedRestores.read(storage, calls)) : Optional.empty();
        Map<RestoreSelection, List<Candidate>> candidates = new HashMap<>();
        for (Known one : known) {
            candidates
                    .computeIfAbsent(one.incarnation().selection(), any -> new ArrayList<>())
                    .add(candidate(one, listed.getOrDefault(one.incarnation(), List.of()), restores));
        }
        return candidates;
    }

    /** Only then it matters which restores have not finished. */
    private static boolean hasCopies(List<Known> known) {
        Set<Uuid> ids =
                known.stream().map(one -> one.incarnation().topic().id()).collect(Collectors.toSet());
        return known.stream().flatMap(one -> one.restoredFrom().stream()).anyMatch(ids::contains);
    }

    private List<Incarnation> incarnations(RestoreSelection selection) throws IOException {
        List<TopicIncarnation> incarnations = catalog.incarnations(selection.topic());
        if (incarnations.isEmpty()) {
            throw new UsageException(
                    "Topic %s is not in the backup; it holds %s".formatted(selection.topic(), shown(catalog.topics())));
        }
        if (selection.incarnations() instanceof IncarnationChoice.One one) {
            TopicIncarnation wanted = new TopicIncarnation(selection.topic(), one.id());
            if (!incarnations.contains(wanted)) {
                throw new UsageException("Topic %s has no incarnation %s in the backup; it has %s"
                        .formatted(
                                selection.topic(),
                                one.id(),
                                shown(incarnations.stream()
                                        .map(incarnation -> incarnation.id().toString())
                                        .toList())));
            }
            incarnations = List.of(wanted);
        }
        return incarnations.stream()
                .map(incarnation -> new Incarnation(selection, incarnation))
                .toList();
    }

    private static String shown(List<String> names) {
        if (names.isEmpty()) {
            return "no topic";
        }
        String more = names.size() > NAMES_SHOWN ? " and " + (names.size() - NAMES_SHOWN) + " more" : "";
        return names.stream().sorted().limit(NAMES_SHOWN).collect(Collectors.joining(", ")) + more;
    }

    private Known known(Incarnation incarnation) throws IOException {
        return new Known(
                incarnation,
                metadata.history(incarnation.topic()),
                catalog.partitions(incarnation.topic()),
                readLate(incarnation.topic()),
                retention(incarnation.topic()));
    }

    private RetentionState retention(TopicIncarnation incarnation) throws IOException {
        try {
            return retention.read(incarnation).state();
        } catch (CorruptDataException e) {
            LOG.warn("What has expired of {} is shown as gaps: {}", incarnation, e.getMessage());
            return RetentionState.NONE;
        }
    }

    /** What only warns must not keep anybody from a restore. */
    private Map<Integer, List<LateRead>> readLate(TopicIncarnation incarnation) throws IOException {
        try {
            return reading.late(incarnation);
        } catch (CorruptDataException e) {
            LOG.warn("It is not known whether {} lacks tombstones: {}", incarnation, e.getMessage());
            return Map.of();
        }
    }

    private Listed list(Wanted wanted) throws IOException {
        Incarnation incarnation = wanted.incarnation();
        PartitionSegments segments =
                catalog.segmentsWithProvenHoles(incarnation.topic().partition(wanted.partition()));
        for (StoredObject object : segments.rejected()) {
            LOG.warn("{} is not a segment and is ignored: foreign name, or a size that differs from it", object.path());
        }
        PlannedSource source = PartitionReading.of(
                segments, incarnation.selection().records(), wanted.readLate(), wanted.expiredUpTo());
        if (!source.gaps().isEmpty()) {
            LOG.warn("{} has offsets that are not in the backup: {}", segments.partition(), source.gaps());
        }
        source.readLate().forEach(late -> LOG.warn("{} may lack tombstones: {}", segments.partition(), late));
        return new Listed(
                wanted,
                source,
                segments.slices().stream()
                        .mapToLong(slice -> slice.name().records())
                        .sum(),
                segments.segments().stream()
                        .map(segment -> segment.publishedAt())
                        .min(Comparator.naturalOrder())
                        .orElse(Instant.MAX));
    }

    private static Candidate candidate(Known known, List<Listed> listed, Optional<UnfinishedRestores> restores) {
        Uuid id = known.incarnation().topic().id();
        Map<Integer, PlannedSource> sources = new TreeMap<>();
        for (int partition = 0; partition < known.partitionCount(); partition++) {
            if (known.incarnation().selection().wants(partition)) {
                sources.put(partition, PartitionReading.none(id));
            }
        }
        listed.forEach(one -> sources.put(one.of().partition(), one.source()));
        return new Candidate(
                known.incarnation().topic(),
                // the backup sees an incarnation soon after its creation; without metadata the first segment has to do
                Stream.concat(
                                known.history().stream()
                                        .map(TopicMetadata::observedAt)
                                        .sorted()
                                        .limit(1),
                                listed.stream()
                                        .map(Listed::firstPublished)
                                        .sorted()
                                        .limit(1))
                        .findFirst()
                        .orElse(Instant.EPOCH),
                known.restoredFrom(),
                restores.map(all -> all.into(id)).orElse(List.of()),
                known.partitionCount(),
                sources,
                listed.stream().collect(Collectors.toMap(one -> one.of().partition(), Listed::records)));
    }

    @Override
    public void close() {
        calls.close();
    }

    /** An incarnation that a selection may mean. */
    private record Incarnation(RestoreSelection selection, TopicIncarnation topic) {}

    /** What is known of an incarnation besides its segments. */
    private record Known(
            Incarnation incarnation,
            List<TopicMetadata> history,
            List<Integer> folders,
            Map<Integer, List<LateRead>> readLate,
            RetentionState retention) {

        Set<Uuid> restoredFrom() {
            return history.stream()
                    .flatMap(seen -> Stream.ofNullable(seen.restoredFrom()))
                    .collect(Collectors.toUnmodifiableSet());
        }

        int partitionCount() {
            return Stream.concat(
                            history.stream().map(TopicMetadata::partitions),
                            folders.stream().map(last -> last + 1))
                    .max(Comparator.naturalOrder())
                    .orElse(1);
        }

        Stream<Wanted> wanted() {
            return folders.stream()
                    .filter(incarnation.selection()::wants)
                    .map(partition -> new Wanted(
                            incarnation,
                            partition,
                            readLate.getOrDefault(partition, List.of()),
                            retention.partition(partition).expiredUpTo()));
        }
    }

    /** A partition whose segments are to be listed. */
    private record Wanted(Incarnation incarnation, int partition, List<LateRead> readLate, long expiredUpTo) {}

    /** What the plan needs of a partition's listing. */
    private record Listed(Wanted of, PlannedSource source, long records, Instant firstPublished) {}
}
