// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a selection into a plan. Reads listings and topic metadata, opens no segment, writes nothing. */
public final class RestorePlanner {

    private static final Logger LOG = LoggerFactory.getLogger(RestorePlanner.class);

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this planner */
    public RestorePlanner(BackupStorage storage) {
        this.storage = storage;
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
        requireOneTargetEach(selections);
        List<TopicPlan> plans = new ArrayList<>();
        try (CandidateReader reader = new CandidateReader(storage)) {
            Map<RestoreSelection, List<Candidate>> candidates = reader.read(selections);
            for (RestoreSelection selection : selections) {
                TopicPlan plan = plan(selection, requireNonNull(candidates.get(selection)));
                requireNew(plan, plans);
                plans.add(plan);
            }
        }
        return plans;
    }

    private static void requireOneTargetEach(Collection<RestoreSelection> selections) {
        Map<String, String> topicByTarget = new HashMap<>();
        for (RestoreSelection selection : selections) {
            String other = topicByTarget.putIfAbsent(selection.target(), selection.topic());
            if (other != null) {
                throw new UsageException(
                        "Both %s and %s would be restored into %s: write --topic NAME=TARGET with another target"
                                .formatted(other, selection.topic(), selection.target()));
            }
        }
    }

    /** Split, transactions and offset map go by the source: each of its partitions has one target. */
    private static void requireNew(TopicPlan plan, List<TopicPlan> plans) {
        Optional<TopicIncarnation> twice = plans.stream()
                .flatMap(planned -> planned.incarnations().stream())
                .filter(plan.incarnations()::contains)
                .findFirst();
        if (twice.isPresent()) {
            throw new UsageException("%s was selected twice: one restore brings it back once, run another for %s"
                    .formatted(twice.get(), plan.target()));
        }
    }

    private static void requirePartitions(
            String what, Collection<Integer> named, List<Candidate> selected, int partitionCount) {
        for (int partition : named) {
            if (partition >= partitionCount) {
                throw new UsageException("%s %d, but %s has the partitions 0 to %d in the backup"
                        .formatted(what, partition, selected.get(0).incarnation(), partitionCount - 1));
            }
        }
    }

    private static TopicPlan plan(RestoreSelection selection, List<Candidate> candidates) {
        List<Candidate> selected = IncarnationSelector.select(selection.incarnations(), candidates);
        int partitionCount =
                selected.stream().mapToInt(Candidate::partitionCount).max().orElseThrow();
        requirePartitions("--partitions names", selection.partitions(), selected, partitionCount);
        requirePartitions(
                "An offset is given for partition",
                selection.records().partitionsWithOffsets(),
                selected,
                partitionCount);
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
                partitions,
                IncarnationSelector.leftOut(selected, candidates));
    }
}
