// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.progress.Screen;
import dev.kafkabackup.cli.progress.Shown;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.compare.Difference;
import dev.kafkabackup.restore.verify.ComparisonProgress;
import dev.kafkabackup.restore.verify.RestoredTopics;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** {@code verify --restore-id}: prints a row for each partition, and the first difference of those that differ. */
final class RestoreVerification {

    private RestoreVerification() {}

    static ExitCode print(
            StorageLocation location, KafkaConnection kafka, String restoreId, int parallelism, boolean json) {
        List<ComparedPartition> compared = compare(location, kafka, restoreId, parallelism);
        Report report = new Report(
                compared.stream().allMatch(partition -> partition.difference().isEmpty()),
                restoreId,
                compared.stream().map(Row::of).toList());
        if (json) {
            Terminal.result(report);
        } else {
            Table.print(
                    List.of("TARGET", "PARTITION", "EQUAL RECORDS", "RESULT"),
                    report.partitions().stream().map(Row::cells).toList());
        }
        compared.stream()
                .flatMap(partition -> partition.difference().stream())
                .forEach(difference -> Terminal.note("kafka-backup: first difference in %s", difference));
        if (report.ok()) {
            Terminal.note(
                    "All %,d records are in the target as they are in the backup, and the offset map leads to each of them",
                    compared.stream().mapToLong(ComparedPartition::records).sum());
        }
        return report.ok() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static List<ComparedPartition> compare(
            StorageLocation location, KafkaConnection kafka, String restoreId, int parallelism) {
        ComparisonProgress progress = new ComparisonProgress();
        Screen screen = Terminal.screen();
        try (Shown shown = Shown.on(screen, () -> lines(progress, screen))) {
            return new RestoredTopics(location, kafka, parallelism).compare(restoreId, progress);
        } catch (IOException e) {
            throw new FailedException(
                    "Restore %s in %s cannot be read: %s".formatted(restoreId, location, e.getMessage()), e);
        }
    }

    private static List<String> lines(ComparisonProgress progress, Screen screen) {
        long all = progress.recordsAtMost();
        return all == 0
                ? List.of()
                : List.of(screen.bar((double) progress.records() / all)
                        + String.format(Locale.ROOT, "%,d of at most %,d records compared", progress.records(), all));
    }

    /** As JSON; docs/output.md describes it. */
    record Report(boolean ok, String restoreId, List<Row> partitions) {}

    /** One partition of a target, and its first difference. */
    record Row(
            String target,
            int partition,
            long equalRecords,
            String result,
            @Nullable Long targetOffset,
            @Nullable String topic,
            @Nullable String topicId,
            @Nullable Long sourceOffset,
            @Nullable String what) {

        static Row of(ComparedPartition compared) {
            Difference difference = compared.difference().orElse(null);
            TopicIdPartition source = difference == null ? null : difference.source();
            return new Row(
                    compared.partition().target().topic(),
                    compared.partition().target().partition(),
                    compared.records(),
                    difference == null ? "ok" : "differs",
                    difference == null ? null : difference.targetOffset(),
                    source == null ? null : source.topic(),
                    source == null ? null : Objects.toString(source.topicId()),
                    difference == null ? null : difference.sourceOffset(),
                    difference == null ? null : difference.what());
        }

        private List<String> cells() {
            return List.of(target, Integer.toString(partition), Long.toString(equalRecords), result);
        }
    }
}
