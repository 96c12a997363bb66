// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.report.TopicReport;
import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a restore did, for a reader: a row for each partition, then what was left out and what is not as it was. */
final class RestoreReportTable {

    private RestoreReportTable() {}

    static void print(RestoreReport report, boolean json) {
        if (json) {
            Terminal.result(report);
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        for (TopicReport topic : report.topics()) {
            for (PartitionReport partition : topic.partitions()) {
                rows.add(List.of(
                        topic.target(),
                        Integer.toString(partition.partition()),
                        topic.topic(),
                        partition.topicId().toString(),
                        Long.toString(partition.records()),
                        range(partition.firstSourceOffset(), partition.lastSourceOffset()),
                        range(partition.firstTargetOffset(), partition.lastTargetOffset())));
            }
        }
        Table.print(
                List.of("TARGET", "PARTITION", "TOPIC", "TOPIC ID", "RECORDS", "SOURCE OFFSETS", "TARGET OFFSETS"),
                rows);
        for (String line : notAsItWas(report)) {
            Terminal.result(line);
        }
        @Nullable Long repeated = report.delivery().repeatedAtMost();
        if (repeated != null) {
            Terminal.result(
                    report.delivery().interrupted()
                            ? "The restore was interrupted and used no transactions: up to %d records are in the targets twice"
                                    .formatted(repeated)
                            : "The restore used no transactions: no record is in the targets twice");
        }
        for (TopicReport topic : report.topics()) {
            configuration(report.restoreId(), topic.target(), topic.configuration());
        }
        Terminal.note(
                "Restored %d records in %.1f s%s; read %d bytes of segments, %.1f MB/s; offset map and report are in restores/%s of the backup",
                report.records(),
                report.seconds(),
                report.delivery().interrupted() ? " since its first start, interruptions included" : "",
                report.bytesRead(),
                report.megabytesReadPerSecond(),
                report.restoreId());
    }

    private static String range(@Nullable Long first, @Nullable Long last) {
        return first == null || last == null ? "" : first + " - " + last;
    }

    private static List<String> notAsItWas(RestoreReport report) {
        List<String> lines = new ArrayList<>();
        for (TopicReport topic : report.topics()) {
            for (PartitionReport partition : topic.partitions()) {
                String where =
                        "Left out of %s-%d (%s): ".formatted(topic.topic(), partition.partition(), partition.topicId());
                if (partition.notSelectedAtMost() > 0) {
                    lines.add(where
                            + "up to %d records of the segments that were read: %s"
                                    .formatted(partition.notSelectedAtMost(), why(topic)));
                }
                if (!partition.notInBackup().isEmpty()) {
                    lines.add(where + "offsets that are not in the backup: "
                            + partition.notInBackup().stream()
                                    .map(OffsetRange::toString)
                                    .collect(Collectors.joining(" ")));
                }
                if (partition.withoutTimestampLeftOut() > 0) {
                    lines.add(where
                            + "%d records without a timestamp, which no time range selects"
                                    .formatted(partition.withoutTimestampLeftOut()));
                }
                if (partition.withoutTimestampRestored() > 0) {
                    lines.add("Restored of %s-%d (%s) with the timestamp 0: %d records that have none"
                            .formatted(
                                    topic.topic(),
                                    partition.partition(),
                                    partition.topicId(),
                                    partition.withoutTimestampRestored()));
                }
            }
        }
        report.skipped().forEach(damage -> lines.add("Left out because of damage: " + damage));
        return lines;
    }

    private static String why(TopicReport topic) {
        return topic.selection().wantsAll() ? "they are in several segments, or damaged" : "they were not selected";
    }

    private static void configuration(String restoreId, String target, @Nullable TargetConfiguration configuration) {
        if (configuration == null) {
            return;
        }
        @Nullable List<ConfigDifference> differences = configuration.differences();
        if (differences == null) {
            Terminal.result("Configuration of %s: not compared with the original, one of them may not be read"
                    .formatted(target));
        } else if (!differences.isEmpty()) {
            Terminal.result("Configuration of %s differs from the original: %s%s"
                    .formatted(
                            target,
                            differences.stream().map(ConfigDifference::toString).collect(Collectors.joining("; ")),
                            configuration.createdByRestore()
                                    ? ". restore --restore-id " + restoreId
                                            + " --finalize puts the original values in place"
                                    : ""));
        }
    }
}
