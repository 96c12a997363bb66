// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.restore.group.CommittedOffset;
import dev.kafkabackup.restore.group.TranslatedOffset;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * Where consumer groups go on after a restore, as it is printed.
 *
 * @param restoreId whose offset map was used
 * @param offsets by group, topic, incarnation and partition
 * @param refused groups that nothing was committed for, with the reason
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

    static Row row(TranslatedOffset translated, boolean applied, Set<String> refused) {
        CommittedOffset committed = translated.committed();
        String group = committed.offset().group();
        Optional<String> target =
                translated.target().map(position -> position.partition().topic());
        return new Row(
                group,
                committed.offset().topic(),
                committed.offset().topicId(),
                committed.offset().partition(),
                committed.basis().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                committed.snapshotAt(),
                committed.offset().offset(),
                target.orElse(null),
                translated.target().map(position -> position.offset()).orElse(null),
                translated.recordsToGo(),
                translated.seenTwiceAtLeast(),
                translated.seenTwiceAtMost(),
                target.isEmpty()
                        ? "not restored"
                        : applied ? (refused.contains(group) ? "refused" : "committed") : "translated");
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
