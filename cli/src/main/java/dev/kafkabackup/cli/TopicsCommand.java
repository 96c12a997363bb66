// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.inspection.catalogue.IncarnationView;
import dev.kafkabackup.inspection.catalogue.PartitionView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what the backup holds. */
@Command(
        name = "topics",
        description = {
            "Lists the topics in the backup, each incarnation of a name on a line of its own.",
            "With --bootstrap-server also how far each is behind Kafka."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup topics --storage s3://backups/prod"})
final class TopicsCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private CatalogueOptions catalogue = new CatalogueOptions();

    @Override
    public Integer call() {
        CatalogueOptions.Read read = catalogue.read(spec, null);
        Listing listing = new Listing(
                read.root(),
                read.backup().clusterId(),
                read.topics().stream().map(Row::of).toList());
        if (catalogue.json()) {
            Terminal.result(listing);
        } else {
            listing.print(catalogue.asksKafka());
        }
        read.printProblems();
        return (read.hasProblems() ? ExitCode.FAILED : ExitCode.DONE).code();
    }

    /** As JSON; docs/output.md describes it. */
    record Listing(String root, String clusterId, List<Row> topics) {

        private void print(boolean lag) {
            List<String> header = new ArrayList<>(List.of(
                    "TOPIC",
                    "TOPIC ID",
                    "STATE",
                    "PARTITIONS",
                    "SEGMENTS",
                    "RECORDS",
                    "BYTES",
                    "NEWEST",
                    "GAPS",
                    "HOLDS"));
            if (lag) {
                header.add("LAG");
            }
            List<List<String>> rows = new ArrayList<>();
            for (Row row : topics) {
                List<String> cells = new ArrayList<>(List.of(
                        row.topic,
                        row.topicId.toString(),
                        row.state,
                        Integer.toString(row.partitions),
                        Long.toString(row.segments),
                        Long.toString(row.records),
                        Long.toString(row.bytes),
                        row.maxTimestamp == null ? "" : row.maxTimestamp.toString(),
                        Long.toString(row.gaps),
                        Integer.toString(row.holds)));
                if (lag) {
                    cells.add(row.durableLag == null ? "" : row.durableLag.toString());
                }
                rows.add(cells);
            }
            Table.print(header, rows);
        }
    }

    /** One incarnation. */
    record Row(
            String topic,
            Uuid topicId,
            String state,
            @Nullable Instant firstSeen,
            @Nullable Instant deletedAt,
            int partitions,
            long segments,
            long records,
            long bytes,
            @Nullable Instant minTimestamp,
            @Nullable Instant maxTimestamp,
            long gaps,
            long overlaps,
            int holds,
            @Nullable Long durableLag,
            List<String> problems) {

        static Row of(IncarnationView view) {
            List<PartitionView> partitions = view.partitions();
            Integer known = view.partitionCount();
            return new Row(
                    view.topic(),
                    view.topicId(),
                    view.state(),
                    view.firstSeen(),
                    view.deletedAt(),
                    known == null ? partitions.size() : known,
                    view.sum(PartitionView::segments),
                    view.sum(PartitionView::records),
                    view.sum(PartitionView::bytes),
                    partitions.stream()
                            .map(PartitionView::minTimestamp)
                            .filter(Objects::nonNull)
                            .min(Instant::compareTo)
                            .orElse(null),
                    partitions.stream()
                            .map(PartitionView::maxTimestamp)
                            .filter(Objects::nonNull)
                            .max(Instant::compareTo)
                            .orElse(null),
                    view.sum(partition -> partition.gaps().size()),
                    view.sum(partition -> partition.overlaps().size()),
                    view.holds().size(),
                    partitions.stream().map(PartitionView::durableLag).allMatch(Objects::isNull)
                            ? null
                            : Long.valueOf(view.sum(partition -> {
                                Long lag = partition.durableLag();
                                return lag == null ? 0 : lag;
                            })),
                    view.problems());
        }
    }
}
