// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.inspection.catalogue.ConfigChange;
import dev.kafkabackup.inspection.catalogue.IncarnationView;
import dev.kafkabackup.inspection.catalogue.PartitionView;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.MaintenanceOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows everything that the backup knows about one topic. */
@Command(
        name = "describe",
        description = {
            "Shows the incarnations of a topic in the backup: life, configs, partitions with offsets, times, gaps and",
            "overlaps, and what leaves the backup when, or why it is held. A gap is what Kafka had dropped before it was",
            "read; what is missing without such a reason is shown as such, and the exit code is 1. With --bootstrap-server",
            "also the durable lag, and the configs that Kafka has now if they are not those in the backup.",
            "Give the graces that the backup runs with, if they are not the defaults."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup describe orders --storage s3://backups/prod"})
final class DescribeCommand implements Callable<Integer> {

    private static final int RANGES_SHOWN = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Mixin
    private CatalogueOptions catalogue = new CatalogueOptions();

    @Override
    public Integer call() {
        CatalogueOptions.Read read = catalogue.read(spec, topic);
        if (read.topics().isEmpty()) {
            throw new UsageException(
                    "Topic %s is not in the backup in %s; 'topics' lists what is there".formatted(topic, read.root()));
        }
        if (catalogue.json()) {
            Terminal.result(
                    new Description(read.root(), read.backup().clusterId(), topic, read.topics(), read.maintenance()));
        } else {
            for (IncarnationView view : read.topics()) {
                print(view);
            }
            MaintenanceOutcome maintenance = read.maintenance();
            if (maintenance != null) {
                maintenance
                        .refusals()
                        .forEach(line -> Terminal.result("Maintenance at " + maintenance.at() + ": " + line));
                maintenance
                        .failures()
                        .forEach(line -> Terminal.result("Maintenance at " + maintenance.at() + ": " + line));
            }
        }
        read.printProblems();
        return (read.hasProblems() ? ExitCode.FAILED : ExitCode.DONE).code();
    }

    /** As JSON; docs/output.md describes it. */
    record Description(
            String root,
            String clusterId,
            String topic,
            List<IncarnationView> incarnations,
            @Nullable MaintenanceOutcome maintenance) {}

    private void print(IncarnationView view) {
        Terminal.result("Topic " + view.topic() + ", ID " + view.topicId());
        line("state", view.deletedAt() == null ? view.state() : "deleted, proven at " + view.deletedAt());
        line("first seen", view.firstSeen());
        line(
                "restored from",
                view.origins().isEmpty()
                        ? null
                        : view.origins().stream().map(Uuid::toString).collect(Collectors.joining(" and ")));
        line("leaves backup", view.removedAt() == null ? null : view.removedAt() + " at the earliest");
        for (Hold hold : view.holds()) {
            line("held", "since " + hold.createdAt() + ": " + hold.reason());
        }
        view.readLate()
                .forEach((partition, ranges) -> ranges.forEach(
                        late -> line("read late", "partition " + partition + ", tombstones may be missing: " + late)));
        line("configs", view.configs().isEmpty() ? null : view.configs());
        if (view.configsNow() != null && !view.configsNow().equals(view.configs())) {
            line("configs now", view.configsNow().isEmpty() ? "none of its own" : view.configsNow());
        }
        for (ConfigChange change : view.configChanges()) {
            line(
                    "changed",
                    "%s %s: %s -> %s"
                            .formatted(change.at(), change.name(), orUnset(change.before()), orUnset(change.after())));
        }
        Double ratio = view.compressionRatio();
        line("compression", ratio == null ? null : String.format(Locale.ROOT, "%.1f : 1, in a sample", ratio));
        line("records", records(view));
        List<String> header = new ArrayList<>(List.of(
                "PARTITION",
                "SEGMENTS",
                "RECORDS",
                "BYTES",
                "OFFSETS",
                "FROM",
                "TO",
                "GAPS",
                "MISSING",
                "OVERLAPS",
                "EXPIRES"));
        if (catalogue.asksKafka()) {
            header.add("LAG");
        }
        Table.print(header, view.partitions().stream().map(this::row).toList());
        Terminal.result("");
    }

    /** Of all partitions: the table has those of each. */
    private static String records(IncarnationView view) {
        Optional<Instant> first = view.partitions().stream()
                .map(PartitionView::minTimestamp)
                .filter(Objects::nonNull)
                .min(Comparator.naturalOrder());
        Optional<Instant> last = view.partitions().stream()
                .map(PartitionView::maxTimestamp)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder());
        return view.sum(PartitionView::records)
                + (first.isEmpty() || last.isEmpty() ? "" : ", from %s to %s".formatted(first.get(), last.get()));
    }

    private List<String> row(PartitionView partition) {
        List<String> cells = new ArrayList<>(List.of(
                Integer.toString(partition.partition()),
                Long.toString(partition.segments()),
                Long.toString(partition.records()),
                Long.toString(partition.bytes()),
                partition.startOffset() == null
                        ? ""
                        : "[" + partition.startOffset() + ", " + partition.endOffset() + ")",
                text(partition.minTimestamp()),
                text(partition.maxTimestamp()),
                shown(partition.gaps()),
                shown(partition.missing()),
                shown(partition.overlaps()),
                partition.expiringBytes() == 0
                        ? ""
                        : partition.expiringBytes() + " bytes by " + partition.expiresAt()));
        if (catalogue.asksKafka()) {
            cells.add(text(partition.durableLag()));
        }
        return cells;
    }

    private static String shown(List<OffsetRange> ranges) {
        List<String> shown =
                ranges.stream().limit(RANGES_SHOWN).map(OffsetRange::toString).toList();
        return String.join(" ", shown)
                + (ranges.size() > RANGES_SHOWN ? " and " + (ranges.size() - RANGES_SHOWN) + " more" : "");
    }

    private static String orUnset(@Nullable String value) {
        return value == null ? "(not set)" : value;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static void line(String name, @Nullable Object value) {
        if (value != null) {
            Terminal.result(String.format(Locale.ROOT, "  %-14s %s", name, value));
        }
    }
}
