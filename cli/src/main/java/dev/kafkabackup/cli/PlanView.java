// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.check.Check;
import dev.kafkabackup.restore.check.Finding;
import dev.kafkabackup.restore.check.TargetStates;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.DurationEstimate;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.retention.LateRead;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A plan as a user sees it; its components are what {@code --output json} prints.
 *
 * @param restoreId names the restore
 * @param sourceClusterId id of the cluster that was backed up
 * @param targetClusterId id of the cluster to restore into
 * @param records number of records to produce, at most
 * @param exact whether it is certain that so many are produced
 * @param bytes size of the segments to read
 * @param segments number of segments to read
 * @param estimatedSeconds about how long it takes
 * @param partitions by target partition, each with one row per incarnation
 * @param leftOut incarnations that hold wanted records and are not restored
 * @param findings what speaks against the restore
 */
record PlanView(
        String restoreId,
        String sourceClusterId,
        String targetClusterId,
        long records,
        boolean exact,
        long bytes,
        long segments,
        long estimatedSeconds,
        List<Row> partitions,
        List<LeftOutView> leftOut,
        List<Objection> findings) {

    /** Ranges in one cell of the table; JSON has them all. */
    private static final int RANGES_SHOWN = 3;

    private static final List<String> HEADER = List.of(
            "TOPIC",
            "TOPIC ID",
            "PARTITION",
            "RECORDS",
            "BYTES",
            "SEGMENTS",
            "OFFSETS",
            "TIMESTAMPS",
            "GAPS",
            "TARGET",
            "TARGET STATE");

    static PlanView of(
            RestorePlan plan, TargetStates targets, List<Finding> findings, Set<Check> allowed, int parallelism) {
        List<Row> rows = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            for (PartitionPlan partition : topic.partitions()) {
                String state = targets.of(topic.target(), partition.partition());
                for (PlannedSource source : partition.sources()) {
                    rows.add(Row.of(topic, partition, source, state));
                }
            }
        }
        return new PlanView(
                plan.restoreId(),
                plan.sourceClusterId(),
                plan.targetClusterId(),
                plan.recordsAtMost(),
                rows.stream().allMatch(Row::exact),
                rows.stream().mapToLong(Row::bytes).sum(),
                rows.stream().mapToLong(Row::segments).sum(),
                DurationEstimate.of(plan, parallelism).toSeconds(),
                rows,
                plan.topics().stream()
                        .flatMap(topic -> topic.leftOut().stream().map(leftOut -> LeftOutView.of(topic, leftOut)))
                        .toList(),
                findings.stream()
                        .map(finding -> new Objection(
                                finding.check().option(), finding.line(), !allowed.contains(finding.check())))
                        .toList());
    }

    /** Whether the restore would be refused. */
    boolean isRefused() {
        return findings.stream().anyMatch(Objection::refuses);
    }

    void print(boolean json) {
        if (json) {
            Terminal.result(this);
            return;
        }
        Table.print(HEADER, partitions.stream().map(Row::cells).toList());
        Terminal.note(
                "%s%d records%s, %d bytes in %d segments; about %s",
                exact ? "" : "At most ",
                records,
                times(),
                bytes,
                segments,
                duration(Duration.ofSeconds(estimatedSeconds)));
        leftOut.forEach(incarnation -> Terminal.note("%s", incarnation.line()));
        for (Row row : partitions) {
            if (!row.overruled().isEmpty()) {
                Terminal.note(
                        "Overruled by a higher leader epoch in partition %d of %s, not restored: offsets %s",
                        row.partition(), row.topic(), shown(row.overruled()));
            }
            if (!row.expired().isEmpty()) {
                Terminal.note(
                        "Expired in partition %d of %s, Kafka had removed them long before: offsets %s",
                        row.partition(), row.topic(), shown(row.expired()));
            }
            row.readLate()
                    .forEach(late -> Terminal.note(
                            "Tombstones may be missing in partition %d of %s, so deleted keys may come back: %s",
                            row.partition(), row.topic(), late));
            row.damaged().forEach(damage -> Terminal.note("Damaged: %s", damage));
            if (row.withoutTimestamp() > 0) {
                Terminal.note(
                        "Without a timestamp in partition %d of %s, which no time range selects: %d records",
                        row.partition(), row.topic(), row.withoutTimestamp());
            }
        }
        findings.forEach(finding -> Terminal.note("%s: %s", finding.refuses() ? "Refused" : "Allowed", finding.what()));
    }

    /** Of all partitions: the table has those of each. */
    private String times() {
        Optional<Instant> first = partitions.stream()
                .map(Row::minTimestamp)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
        Optional<Instant> last = partitions.stream()
                .map(Row::maxTimestamp)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
        return first.isEmpty() || last.isEmpty() ? "" : " from %s to %s".formatted(first.get(), last.get());
    }

    private static String duration(Duration duration) {
        return duration.compareTo(Duration.ofMinutes(2)) < 0
                ? duration.toSeconds() + " s"
                : duration.compareTo(Duration.ofHours(2)) < 0
                        ? duration.toMinutes() + " min"
                        : duration.toHours() + " h " + duration.toMinutesPart() + " min";
    }

    private static String shown(List<OffsetRange> ranges) {
        String shown =
                ranges.stream().limit(RANGES_SHOWN).map(OffsetRange::toString).collect(Collectors.joining(" "));
        return ranges.size() > RANGES_SHOWN ? shown + " and " + (ranges.size() - RANGES_SHOWN) + " more" : shown;
    }

    /**
     * Something that speaks against the restore.
     *
     * @param check its name, as it is written after {@code --allow}
     * @param what what is wrong, where, and what can be done
     * @param refuses whether it is not allowed
     */
    record Objection(String check, String what, boolean refuses) {}

    /**
     * What one partition of the target gets from one incarnation. Offsets and timestamps are those of the segments to
     * read, null if there are none.
     *
     * @param topic name in the backup
     * @param topicId incarnation
     * @param partition number, in the backup and in the target
     * @param records number of records to produce, at most
     * @param exact whether it is certain that so many are produced
     * @param bytes size of the segments to read
     * @param segments number of segments to read
     * @param startOffset first offset to read
     * @param endOffset offset behind the last one to read
     * @param minTimestamp smallest timestamp in the segments to read
     * @param maxTimestamp largest timestamp in the segments to read
     * @param gaps offsets in the selected range that are not in the backup
     * @param overruled selected offsets that a segment of a higher leader epoch took out of the log
     * @param damaged objects that cannot be restored from
     * @param readLate selected offsets of a compacted topic that were backed up so late that tombstones may be missing
     * @param expired offsets in the selected range that are not in the backup any more, because Kafka had removed them
     * @param withoutTimestamp number of records that the selected time range leaves out because no record of their
     *     segments has a timestamp
     * @param target name of the topic to restore into
     * @param targetState how the target partition looks now
     */
    record Row(
            String topic,
            Uuid topicId,
            int partition,
            long records,
            boolean exact,
            long bytes,
            long segments,
            @Nullable Long startOffset,
            @Nullable Long endOffset,
            @Nullable Instant minTimestamp,
            @Nullable Instant maxTimestamp,
            List<OffsetRange> gaps,
            List<OffsetRange> overruled,
            List<Damage> damaged,
            List<LateRead> readLate,
            List<OffsetRange> expired,
            long withoutTimestamp,
            String target,
            String targetState) {

        private static Row of(TopicPlan topic, PartitionPlan partition, PlannedSource source, String state) {
            List<OffsetRange> offsets = source.offsets();
            return new Row(
                    topic.topic(),
                    source.topicId(),
                    partition.partition(),
                    source.recordsAtMost(),
                    source.exact(),
                    source.bytes(),
                    source.segments(),
                    offsets.isEmpty() ? null : offsets.get(0).startOffset(),
                    offsets.isEmpty() ? null : offsets.get(offsets.size() - 1).endOffset(),
                    source.minTimestamp() < 0 ? null : Instant.ofEpochMilli(source.minTimestamp()),
                    source.maxTimestamp() < 0 ? null : Instant.ofEpochMilli(source.maxTimestamp()),
                    source.gaps(),
                    source.overruled(),
                    source.damaged(),
                    source.readLate(),
                    source.expired(),
                    source.withoutTimestamp(),
                    topic.target(),
                    state);
        }

        private List<String> cells() {
            return List.of(
                    topic,
                    topicId.toString(),
                    Integer.toString(partition),
                    (exact ? "" : "<= ") + records,
                    Long.toString(bytes),
                    Long.toString(segments),
                    startOffset == null || endOffset == null ? "" : "[" + startOffset + ", " + endOffset + ")",
                    minTimestamp == null ? "" : minTimestamp + " - " + maxTimestamp,
                    shown(gaps),
                    target,
                    targetState);
        }
    }
}
