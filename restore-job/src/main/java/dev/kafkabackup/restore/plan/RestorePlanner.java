// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.RefusedException;
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
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
     * @throws RefusedException if only the user can say which incarnation of a name is meant
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
            Optional<TopicIncarnation> twice = plans.stream()
                    .flatMap(planned -> planned.incarnations().stream())
                    .filter(plan.incarnations()::contains)
                    .findFirst();
            if (twice.isPresent()) {
                throw new UsageException("%s was selected twice: one restore brings it back once, run another for %s"
                        .formatted(twice.get(), selection.target()));
            }
            plans.add(plan);
        }
        return plans;
    }

    private TopicPlan plan(RestoreSelection selection) throws IOException {
        List<Candidate> selected = IncarnationSelector.select(selection.incarnations(), candidates(selection));
        int partitionCount =
                selected.stream().mapToInt(Candidate::partitionCount).max().orElseThrow();
        for (int partition : selection.partitions()) {
            if (partition >= partitionCount) {
                throw new UsageException("--partitions names %d, but %s has the partitions 0 to %d in the backup"
                        .formatted(partition, selected.get(0).incarnation(), partitionCount - 1));
            }
        }
        LOG.info("Selected {} of {}", selected, selection.topic());
        List<PartitionPlan> partitions = new ArrayList<>();
        for (int partition = 0; partition < partitionCount; partition++) {
            if (selection.wants(partition)) {
                int number = partition;
                partitions.add(new PartitionPlan(
                        number,
                        0,
                        selected.stream()
                                .filter(candidate -> number < candidate.partitionCount())
                                .map(candidate -> candidate.sources().get(number))
                                .toList()));
            }
        }
        return new TopicPlan(
                selection.topic(),
                selected.stream().map(candidate -> candidate.incarnation().id()).toList(),
                selection.target(),
                null,
                partitionCount,
                selection.records(),
                partitions);
    }

    private List<Candidate> candidates(RestoreSelection selection) throws IOException {
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
        List<Candidate> candidates = new ArrayList<>();
        for (TopicIncarnation incarnation : incarnations) {
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
        int partitionCount =
                history.stream().mapToInt(TopicMetadata::partitions).max().orElse(1);
        Optional<Instant> firstPublished = Optional.empty();
        Map<Integer, PlannedSource> sources = new TreeMap<>();
        Map<Integer, Long> records = new TreeMap<>();
        for (int partition : catalog.partitions(incarnation)) {
            partitionCount = Math.max(partitionCount, partition + 1);
            if (selection.wants(partition)) {
                PartitionSegments listed = catalog.segmentsWithProvenHoles(incarnation.partition(partition));
                report(listed);
                sources.put(partition, PartitionReading.of(listed, selection.records()));
                records.put(
                        partition,
                        listed.slices().stream()
                                .mapToLong(slice -> slice.name().records())
                                .sum());
                firstPublished = Stream.concat(
                                firstPublished.stream(),
                                listed.segments().stream().map(Segment::publishedAt))
                        .min(Comparator.naturalOrder());
            }
        }
        Optional<Instant> published = firstPublished;
        for (int partition = 0; partition < partitionCount; partition++) {
            if (selection.wants(partition)) {
                sources.putIfAbsent(partition, PartitionReading.none(incarnation.id()));
            }
        }
        return new Candidate(
                incarnation,
                // the backup sees an incarnation soon after its creation; without metadata the first segment has to do
                history.stream()
                        .map(TopicMetadata::observedAt)
                        .min(Comparator.naturalOrder())
                        .or(() -> published)
                        .orElse(Instant.EPOCH),
                history.stream()
                        .flatMap(known -> Stream.ofNullable(known.restoredFrom()))
                        .findFirst(),
                partitionCount,
                sources,
                records);
    }

    private static void report(PartitionSegments listed) {
        for (StoredObject object : listed.rejected()) {
            LOG.warn("{} is not a segment and is ignored: foreign name, or a size that differs from it", object.path());
        }
        if (!listed.coverage().holes().isEmpty()) {
            LOG.warn(
                    "{} has offsets that are not in the backup: {}",
                    listed.partition(),
                    listed.coverage().holes());
        }
    }
}
