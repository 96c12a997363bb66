// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.storage.BackupStorage;
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
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a selection into a plan. Reads listings and topic metadata, opens no segment, writes nothing. */
public final class RestorePlanner {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePlanner.class);

    /** Names in one message: enough to see a typing error. */
    private static final int NAMES_SHOWN = 20;

    private final Catalog catalog;
    private final TopicMetadataStore metadata;

    /** @param storage where the backup lies; not closed by this planner */
    public RestorePlanner(BackupStorage storage) {
        this.catalog = new Catalog(storage);
        this.metadata = new TopicMetadataStore(storage);
    }

    /**
     * Plans the topics of a restore.
     *
     * @return one plan for each selection, in the same order
     * @throws UsageException if something was selected that is not in the backup, two selections have one target, or
     *     one incarnation was selected twice
     */
    public List<TopicPlan> plan(Collection<RestoreSelection> selections) throws IOException {
        Map<String, String> topicByTarget = new HashMap<>();
        List<TopicPlan> plans = new ArrayList<>();
        for (RestoreSelection selection : selections) {
            String other = topicByTarget.putIfAbsent(selection.target(), selection.topic());
            if (other != null) {
                throw new UsageException(
                        "Both %s and %s would be restored into %s: write --topic NAME=TARGET with another target"
                                .formatted(other, selection.topic(), selection.target()));
            }
            TopicPlan plan = plan(selection);
            // split, transactions and offset map go by the source: each of its partitions has one target
            if (plans.stream().anyMatch(planned -> planned.topicId().equals(plan.topicId()))) {
                throw new UsageException("%s was selected twice: one restore brings it back once, run another for %s"
                        .formatted(plan.incarnation(), selection.target()));
            }
            plans.add(plan);
        }
        return plans;
    }

    private TopicPlan plan(RestoreSelection selection) throws IOException {
        Candidate newest = candidates(selection).stream()
                .max(Comparator.comparing(Candidate::hasData).thenComparing(Candidate::createdAt))
                .orElseThrow();
        for (int partition : selection.partitions()) {
            if (partition >= newest.partitionCount()) {
                throw new UsageException("--partitions names %d, but %s has the partitions 0 to %d in the backup"
                        .formatted(partition, newest.incarnation(), newest.partitionCount() - 1));
            }
        }
        LOG.info("Selected {} of {}", newest.incarnation(), selection.topic());
        return newest.toPlan(selection);
    }

    private List<Candidate> candidates(RestoreSelection selection) throws IOException {
        List<TopicIncarnation> incarnations = catalog.incarnations(selection.topic());
        if (incarnations.isEmpty()) {
            throw new UsageException(
                    "Topic %s is not in the backup; it holds %s".formatted(selection.topic(), shown(catalog.topics())));
        }
        List<TopicIncarnation> wanted = incarnations.stream()
                .filter(incarnation ->
                        selection.topicId().map(incarnation.id()::equals).orElse(true))
                .toList();
        if (wanted.isEmpty()) {
            throw new UsageException("Topic %s has no incarnation %s in the backup; it has %s"
                    .formatted(
                            selection.topic(),
                            selection.topicId().orElseThrow(),
                            shown(incarnations.stream()
                                    .map(incarnation -> incarnation.id().toString())
                                    .toList())));
        }
        List<Candidate> candidates = new ArrayList<>();
        for (TopicIncarnation incarnation : wanted) {
            candidates.add(candidate(incarnation, selection));
        }
        return candidates;
    }

    private static String shown(List<String> names) {
        if (names.isEmpty()) {
            return "no topic";
        }
        String more = names.size() > NAMES_SHOWN ? " and " + (names.size() - NAMES_SHOWN) + " more" : "";
        return names.stream().sorted().limit(NAMES_SHOWN).collect(Collectors.joining(", ")) + more;
    }

    private Candidate candidate(TopicIncarnation incarnation, RestoreSelection selection) throws IOException {
        List<TopicMetadata> history = metadata.history(incarnation);
        Map<Integer, PartitionSegments> segments = new HashMap<>();
        int partitionCount =
                history.stream().mapToInt(TopicMetadata::partitions).max().orElse(1);
        for (int partition : catalog.partitions(incarnation)) {
            partitionCount = Math.max(partitionCount, partition + 1);
            if (selection.wants(partition)) {
                segments.put(partition, catalog.segmentsWithProvenHoles(incarnation.partition(partition)));
            }
        }
        List<PartitionPlan> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            if (selection.wants(partition)) {
                partitions.add(PartitionPlan.of(
                        partition, wanted(Optional.ofNullable(segments.get(partition)), selection.time())));
            }
        }
        return new Candidate(incarnation, createdAt(history, segments.values()), partitionCount, partitions);
    }

    private static List<SegmentSlice> wanted(Optional<PartitionSegments> segments, TimeRange time) {
        if (segments.isEmpty()) {
            return List.of();
        }
        PartitionSegments listed = segments.get();
        for (StoredObject object : listed.rejected()) {
            LOG.warn("{} is not a segment and is ignored: foreign name, or a size that differs from it", object.path());
        }
        if (!listed.coverage().holes().isEmpty()) {
            LOG.warn(
                    "{} has offsets that are not in the backup: {}",
                    listed.partition(),
                    listed.coverage().holes());
        }
        return listed.slices().stream()
                .filter(slice -> slice.name().records() > 0 && time.mayBeIn(slice.name()))
                .toList();
    }

    /** The backup sees an incarnation soon after its creation; without metadata the first segment has to do. */
    private static Instant createdAt(List<TopicMetadata> history, Collection<PartitionSegments> segments) {
        return history.stream()
                .map(TopicMetadata::observedAt)
                .min(Comparator.naturalOrder())
                .or(() -> segments.stream()
                        .flatMap(partition -> partition.segments().stream())
                        .map(Segment::publishedAt)
                        .min(Comparator.naturalOrder()))
                .orElse(Instant.EPOCH);
    }

    /** An incarnation that the selection may mean, with what would be restored of it. */
    private record Candidate(
            TopicIncarnation incarnation, Instant createdAt, int partitionCount, List<PartitionPlan> partitions) {

        boolean hasData() {
            return partitions.stream()
                    .anyMatch(partition -> !partition.segments().isEmpty());
        }

        TopicPlan toPlan(RestoreSelection selection) {
            return new TopicPlan(
                    incarnation.name(),
                    incarnation.id(),
                    selection.target(),
                    null,
                    partitionCount,
                    selection.time(),
                    partitions);
        }
    }
}
