// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.restore.group.CommittedOffset;
import dev.kafkabackup.restore.group.GroupCommit;
import dev.kafkabackup.restore.group.TranslatedOffset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where consumer groups go on after a restore, as it is printed.
 *
 * @param restoreId whose offset map was used
 * @param offsets by group, topic, incarnation and partition
 * @param refused groups for which not everything was committed, with the reason
 */
record TranslatedGroups(String restoreId, List<Row> offsets, Map<String, String> refused) {

    /**
     * One partition of one group.
     *
     * @param group the group's id
     * @param topic in the backup
     * @param topicId the incarnation that the group had a commit on
     * @param partition the same in source and target
     * @param basis {@code deletion}, {@code newest} or {@code as-of}: which moment the committed offset is of
     * @param snapshotAt when the last entry of the backup's history up to that moment was written
     * @param offset that was committed in the source
     * @param target topic; null if the partition was not restored
     * @param newOffset in the target; null if the partition was not restored
     * @param recordsToGo restored records from there on; 0 or more
     * @param seenTwiceAtLeast how many of them the group had read for certain, going by later snapshots
     * @param seenTwiceAtMost how many of them it may have read at most
     * @param state {@code translated}, {@code committed}, {@code refused} or {@code not restored}
     */
    record Row(
            String group,
            String topic,
            Uuid topicId,
            int partition,
            String basis,
            Instant snapshotAt,
            long offset,
            @Nullable String target,
            @Nullable Long newOffset,
            long recordsToGo,
            long seenTwiceAtLeast,
            long seenTwiceAtMost,
            String state) {}

    /**
     * The result of a command.
     *
     * @param applied whether it was to be committed
     * @param refused by group
     */
    static TranslatedGroups of(
            String restoreId,
            List<TranslatedOffset> offsets,
            boolean applied,
            Map<String, GroupCommit.Refusal> refused) {
        Map<String, String> reasons = new TreeMap<>();
        refused.forEach((group, refusal) -> reasons.put(group, refusal.reason()));
        return new TranslatedGroups(
                restoreId,
                offsets.stream()
                        .map(offset -> row(
                                offset,
                                applied,
                                Optional.ofNullable(
                                        refused.get(offset.committed().offset().group()))))
                        .toList(),
                reasons);
    }

    private static Row row(TranslatedOffset translated, boolean applied, Optional<GroupCommit.Refusal> refusal) {
        CommittedOffset committed = translated.committed();
        Optional<TopicPartition> target = translated.target().map(OffsetMap.Translation::partition);
        return new Row(
                committed.offset().group(),
                committed.offset().topic(),
                committed.offset().topicId(),
                committed.offset().partition(),
                committed.basis().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                committed.snapshotAt(),
                committed.offset().offset(),
                target.map(TopicPartition::topic).orElse(null),
                translated.target().map(position -> position.offset()).orElse(null),
                translated.recordsToGo(),
                translated.seenTwiceAtLeast(),
                translated.seenTwiceAtMost(),
                target.map(partition -> state(partition, applied, refusal)).orElse("not restored"));
    }

    private static String state(TopicPartition target, boolean applied, Optional<GroupCommit.Refusal> refusal) {
        if (!applied) {
            return "translated";
        }
        return refusal.filter(refused -> refused.partitions().contains(target)).isPresent() ? "refused" : "committed";
    }

    void print() {
        List<List<String>> rows = new ArrayList<>();
        for (Row row : offsets) {
            boolean restored = row.target() != null;
            rows.add(List.of(
                    row.group(),
                    row.topic(),
                    Integer.toString(row.partition()),
                    Long.toString(row.offset()),
                    row.basis(),
                    row.snapshotAt().toString(),
                    Objects.toString(row.target(), ""),
                    Objects.toString(row.newOffset(), ""),
                    restored ? Long.toString(row.recordsToGo()) : "",
                    restored ? row.seenTwiceAtLeast() + " - " + row.seenTwiceAtMost() : "",
                    row.state()));
        }
        Table.print(
                List.of(
                        "GROUP",
                        "TOPIC",
                        "PARTITION",
                        "OFFSET",
                        "AS OF",
                        "SNAPSHOT",
                        "TARGET",
                        "NEW OFFSET",
                        "TO GO",
                        "SEEN TWICE",
                        "STATE"),
                rows);
    }
}
