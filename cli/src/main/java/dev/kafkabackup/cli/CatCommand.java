// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.cli.options.PartitionList;
import dev.kafkabackup.cli.options.StorageOptions;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.CorruptSegmentException;
import dev.kafkabackup.segment.RecordBounds;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints records straight from the backup. */
@Command(
        name = "cat",
        description = {
            "Prints records from the backup, partition by partition in offset order, without Kafka. Segments that cannot",
            "hold wanted records, by their names, are not read; of the others, pages that cannot, by Parquet's statistics",
            "of offsets and timestamps, are not decoded. A damaged segment is named, the rest is printed."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  kafka-backup cat orders --storage s3://backups/prod --partitions 3 --from-offset 1000 --limit 10 --format json"
        })
final class CatCommand implements Callable<Integer> {

    @Mixin
    private StorageOptions storage = new StorageOptions();

    @Parameters(paramLabel = "TOPIC", description = "Name of the topic.")
    private String topic = "";

    @Option(
            names = "--topic-id",
            paramLabel = "ID",
            description = "Which incarnation. Default: the one that was first seen last.")
    private @Nullable String topicId;

    @Option(names = "--partitions", paramLabel = "LIST", description = "Only these, like 0,2-5. Default: all.")
    private @Nullable PartitionList partitions;

    @Option(names = "--from-offset", paramLabel = "N", description = "From this offset on, in each partition.")
    private long fromOffset;

    @Option(names = "--to-offset", paramLabel = "N", description = "Up to this offset, exclusive, in each partition.")
    private long toOffset = Long.MAX_VALUE;

    @Option(names = "--from", paramLabel = "T", description = "From this timestamp on: ISO-8601 instant or epoch ms.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "T", description = "Up to this timestamp, exclusive.")
    private @Nullable Instant to;

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description =
                    "key=TEXT, key~REGEX, header:NAME=TEXT or header:NAME~REGEX; != and !~ negate. All must be met.")
    private List<Condition> where = new ArrayList<>();

    @Option(names = "--limit", paramLabel = "N", description = "No more records than that. Default: all.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = "--format",
            paramLabel = "text|hex|json",
            description = "text: UTF-8, tab between fields; hex: bytes in hexadecimal; json: a line for each record,"
                    + " bytes in Base64. Default: text.")
    private RecordFormat format = RecordFormat.TEXT;

    @Override
    public Integer call() {
        RecordSelection selection = selection();
        storage.initializeFileSystems();
        try (BackupStorage backup = storage.location().open();
                Lines lines = new Lines()) {
            BackupRoot.require(backup);
            Catalog catalog = new Catalog(backup);
            TopicIncarnation incarnation = incarnation(backup, catalog);
            boolean whole = true;
            long printed = 0;
            for (int number : catalog.partitions(incarnation)) {
                if (printed < limit
                        && (partitions == null || partitions.numbers().contains(number))) {
                    Printing printing = new Printing(
                            incarnation.partition(number),
                            selection,
                            new OffsetRange(fromOffset, toOffset),
                            limit - printed,
                            lines);
                    whole &= printing.run(backup, catalog);
                    printed += printing.printed;
                    if (!printing.isRead) {
                        break;
                    }
                }
            }
            return (whole ? ExitCode.DONE : ExitCode.FAILED).code();
        } catch (IOException e) {
            throw new FailedException("Topic %s cannot be read: %s".formatted(topic, e.getMessage()), e);
        }
    }

    private RecordSelection selection() {
        if (fromOffset < 0 || toOffset <= fromOffset) {
            throw new UsageException("--from-offset must be 0 or more and before --to-offset, but is " + fromOffset);
        }
        if (limit < 1) {
            throw new UsageException("--limit must be 1 or more, but is " + limit);
        }
        long fromMs = from == null ? 0 : from.toEpochMilli();
        long toMs = to == null ? Long.MAX_VALUE : to.toEpochMilli();
        if (fromMs < 0 || toMs <= fromMs) {
            throw new UsageException("--from must be before --to and not before 1970");
        }
        TimeRange time = from == null && to == null ? TimeRange.UNBOUNDED : new TimeRange(fromMs, toMs);
        return new RecordSelection(time, List.of(), Map.of(), Map.of(), where, null);
    }

    private TopicIncarnation incarnation(BackupStorage backup, Catalog catalog) throws IOException {
        List<TopicIncarnation> known = catalog.incarnations(topic);
        @Nullable TopicIncarnation chosen = null;
        Instant newest = Instant.MIN;
        for (TopicIncarnation candidate : known) {
            if (topicId != null) {
                if (candidate.id().toString().equals(topicId)) {
                    return candidate;
                }
                continue;
            }
            List<TopicMetadata> history = known.size() == 1
                    ? List.of()
                    : new TopicMetadataStore(backup)
                            .history(candidate, e -> Terminal.note("kafka-backup: %s", String.valueOf(e.getMessage())));
            Instant seen = history.isEmpty() ? Instant.EPOCH : history.get(0).observedAt();
            if (chosen == null || seen.isAfter(newest)) {
                chosen = candidate;
                newest = seen;
            }
        }
        if (chosen == null) {
            throw new UsageException("Topic %s%s is not in the backup in %s; 'topics' lists what is there"
                    .formatted(topic, topicId == null ? "" : " with ID " + topicId, backup.root()));
        }
        return chosen;
    }

    /** Prints one partition; damage is named, and what comes after it is printed. */
    private final class Printing {

        private final TopicIdPartition partition;
        private final RecordSelection selection;
        private final OffsetRange offsets;
        private final long atMost;
        private final Lines lines;
        private long printed;
        private boolean isRead = true;

        Printing(TopicIdPartition partition, RecordSelection selection, OffsetRange offsets, long atMost, Lines lines) {
            this.partition = partition;
            this.selection = selection;
            this.offsets = offsets;
            this.atMost = atMost;
            this.lines = lines;
        }

        /** Whether everything could be read. */
        boolean run(BackupStorage backup, Catalog catalog) throws IOException {
            RecordPredicate wanted = RecordPredicate.of(partition, selection, RecordPredicate.contextClassLoader());
            PartitionSegments segments = catalog.segments(partition);
            boolean whole = lacksNothing(segments);
            try (PartitionRecords records = new PartitionRecords(
                    partition,
                    segments.slices(),
                    name -> backup.read(BackupLayout.segment(partition, name)),
                    bounds())) {
                while (isRead && printed < atMost) {
                    try {
                        if (!records.hasNext()) {
                            break;
                        }
                        SegmentRecord record = records.next();
                        if (wanted.wants(record)) {
                            isRead = lines.print(format.line(partition.partition(), record));
                            printed++;
                        }
                    } catch (CorruptSegmentException e) {
                        whole = false;
                        Terminal.note("kafka-backup: %s: %s", e.object(), e.what());
                    }
                }
            }
            return whole;
        }

        /** What is named like a segment and is none may hold wanted records that no segment has. */
        private boolean lacksNothing(PartitionSegments segments) {
            boolean whole = true;
            for (StoredObject object : segments.rejected()) {
                Optional<OffsetRange> lost = SegmentName.parse(object.fileName())
                        .filter(bounds()::mayBeIn)
                        .map(SegmentName::range)
                        .filter(range -> segments.coverage().firstUncovered(range.startOffset()) < range.endOffset());
                if (lost.isPresent()) {
                    whole = false;
                    Terminal.note(
                            "kafka-backup: %s: its size differs from its name, so its offsets %s are not read",
                            object.path(), lost.get());
                }
            }
            return whole;
        }

        private RecordBounds bounds() {
            TimeRange time = selection.time();
            return time.equals(TimeRange.UNBOUNDED)
                    ? new RecordBounds(offsets, Long.MIN_VALUE, Long.MAX_VALUE)
                    : new RecordBounds(offsets, time.fromMs(), time.toMs());
        }
    }
}
