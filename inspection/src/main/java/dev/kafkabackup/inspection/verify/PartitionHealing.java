// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveRecords;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentMetadata;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads from Kafka again what is missing or damaged in partitions and publishes it; removes damaged objects where
 * nothing depends on them any more.
 */
final class PartitionHealing {

    private static final int COMPRESSION_LEVEL = 3;
    private static final long SEGMENT_BYTES = 48L << 20;

    private final BackupStorage storage;
    private final Catalog catalog;
    private final String clusterId;
    private final LiveTopics live;
    private final HealingOutcome outcome;

    /** Segments that were published just now: the same records may well have the same name as what was damaged. */
    private final Set<String> rewritten = new HashSet<>();

    PartitionHealing(BackupStorage storage, String clusterId, LiveTopics live, HealingOutcome outcome) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.clusterId = clusterId;
        this.live = live;
        this.outcome = outcome;
    }

    /**
     * First everything is published, then damaged objects go.
     *
     * @param results partitions of which something is wrong
     * @param whole paths of segments that are not damaged any more
     */
    void heal(Collection<PartitionResult> results, Set<String> whole) throws IOException {
        rewritten.addAll(whole);
        for (PartitionResult result : results) {
            LiveLog log = log(result.partition());
            if (log != null) {
                publishMissing(result.partition(), damaged(result), log);
            } else if (result.findings().stream()
                    .anyMatch(finding -> finding.kind() == Kind.MISSING || finding.kind() == Kind.NOT_COVERED)) {
                outcome.left("%s: Kafka does not have it", result.partition());
            }
        }
        for (PartitionResult result : results) {
            removeDamaged(result, damaged(result), log(result.partition()));
        }
    }

    private @Nullable LiveLog log(TopicIdPartition partition) {
        return live.logs(TopicIncarnation.of(partition)).get(partition.partition());
    }

    private Set<SegmentName> damaged(PartitionResult result) {
        return result.damaged().stream()
                .filter(name -> !rewritten.contains(BackupLayout.segment(result.partition(), name)))
                .collect(Collectors.toSet());
    }

    private void publishMissing(TopicIdPartition partition, Set<SegmentName> damaged, LiveLog log) throws IOException {
        DamagedSegments hurt = DamagedSegments.of(storage, catalog.segmentsWithProvenHoles(partition), damaged);
        Coverage covered = hurt.good().coverage();
        long from = covered.firstUncovered(log.logStartOffset());
        while (from < log.lastStableOffset()) {
            OffsetRange wanted = new OffsetRange(from, Math.min(covered.firstCovered(from), log.lastStableOffset()));
            read(hurt, wanted, hurt.gapStart(from, log.logStartOffset()));
            from = covered.firstUncovered(wanted.endOffset());
        }
    }

    private void read(DamagedSegments hurt, OffsetRange wanted, long gapStart) throws IOException {
        TopicIdPartition partition = hurt.good().partition();
        try (LiveRecords records = new LiveRecords(live.connection(), partition, wanted.startOffset())) {
            SegmentWriter writer = writer(partition, wanted.startOffset());
            if (gapStart < wanted.startOffset()) {
                writer.followsGapFrom(gapStart);
            }
            long start = wanted.startOffset();
            long position = start;
            while (position < wanted.endOffset()) {
                LiveRecords.Batch batch = records.next();
                for (SegmentRecord record : batch.records()) {
                    if (record.offset() >= wanted.endOffset()) {
                        break;
                    }
                    writer.append(record);
                    if (writer.encodedBytes() >= SEGMENT_BYTES) {
                        publish(writer);
                        start = record.offset() + 1;
                        writer = writer(partition, start);
                    }
                }
                position = batch.endOffset();
            }
            // behind the range other epochs may rule, which must not overrule what is around it
            writer.advanceTo(wanted.endOffset(), hurt.leaderEpoch(wanted));
            if (writer.endOffset() > start) {
                publish(writer);
            }
            outcome.done("%s: read offsets %s again from Kafka", partition, wanted);
        }
    }

    private SegmentWriter writer(TopicIdPartition partition, long startOffset) {
        return new SegmentWriter(clusterId, partition, startOffset, COMPRESSION_LEVEL);
    }

    private void publish(SegmentWriter writer) throws IOException {
        EncodedSegment segment = writer.seal();
        String path = BackupLayout.segment(segment.partition(), segment.name());
        storage.publish(path, segment);
        rewritten.add(path);
    }

    private void removeDamaged(PartitionResult result, Set<SegmentName> damaged, @Nullable LiveLog log)
            throws IOException {
        PartitionSegments segments = catalog.segments(result.partition());
        PartitionSegments good = DamagedSegments.of(storage, segments, damaged).good();
        for (Segment segment : segments.segments()) {
            if (damaged.contains(segment.name())) {
                removeIfCovered(
                        segment.path(), segment.name().range(), segment.name().sizeBytes(), good, log);
            }
        }
        Set<String> found = new HashSet<>();
        result.findings().forEach(finding -> {
            if (finding.kind().isWrong() && finding.object() != null) {
                found.add(finding.object());
            }
        });
        for (StoredObject object : segments.rejected()) {
            if (found.contains(object.path())) {
                removeIfCovered(
                        object.path(),
                        SegmentName.parse(object.fileName())
                                .map(SegmentName::range)
                                .orElse(null),
                        object.sizeBytes(),
                        good,
                        log);
            }
        }
    }

    /** @param named the range in its name; null if that is not a segment's, and its footer alone says what it is */
    private void removeIfCovered(
            String path, @Nullable OffsetRange named, long sizeBytes, PartitionSegments good, @Nullable LiveLog log)
            throws IOException {
        TopicIdPartition partition = good.partition();
        SegmentMetadata footer = footer(path, sizeBytes);
        OffsetRange range = named == null && footer != null ? footer.range() : named;
        if (range == null) {
            outcome.left("%s: %s stays, because nothing tells what it holds", partition, path);
            return;
        }
        // a damaged name may claim any range, and the footer says how far it really goes; without a footer the name is
        // all there is to go by, and what lies behind the end of Kafka's log is nowhere else
        long end =
                footer == null || log == null ? range.endOffset() : Math.min(range.endOffset(), log.lastStableOffset());
        long uncovered = good.coverage().firstUncovered(range.startOffset());
        if (uncovered >= end && footer != null && footer.partition().equals(partition)) {
            end = footer.range().endOffset();
            uncovered = good.coverage().firstUncovered(footer.range().startOffset());
        }
        if (uncovered < end) {
            outcome.left(
                    "%s: %s stays, because nothing else covers its offsets from %d on and Kafka does not have them",
                    partition, path, uncovered);
        } else if (footer != null && !isKeptElsewhere(path, footer)) {
            outcome.left(
                    "%s: %s stays, because it holds records of another place that are nowhere else", partition, path);
        } else if (!new HoldStore(storage)
                .active(TopicIncarnation.of(partition), Instant.now())
                .isEmpty()) {
            outcome.left("%s: %s stays, because the topic is held", partition, path);
        } else {
            storage.delete(path);
            outcome.done("%s: removed %s", partition, path);
        }
    }

    /** What the footer of a damaged object says; null if it says nothing. */
    private @Nullable SegmentMetadata footer(String path, long sizeBytes) throws IOException {
        try {
            return SegmentFooter.read(storage, path, sizeBytes).metadata();
        } catch (CorruptDataException e) {
            return null;
        }
    }

    /** A segment that lies in a wrong place, or under a wrong name, may be the only one with its records. */
    private boolean isKeptElsewhere(String path, SegmentMetadata footer) throws IOException {
        PartitionSegments home = catalog.segments(footer.partition());
        int epoch = footer.name() == null
                ? -1
                : SegmentName.parse(footer.name() + "_1" + SegmentName.SUFFIX)
                        .map(SegmentName::leaderEpoch)
                        .orElse(-1);
        Coverage others = Coverage.of(home.slices().stream()
                .filter(slice ->
                        !BackupLayout.segment(footer.partition(), slice.name()).equals(path))
                // what a lower epoch has there may have been truncated
                .filter(slice -> slice.name().leaderEpoch() >= epoch)
                .map(SegmentSlice::valid)
                .toList());
        return others.firstUncovered(footer.range().startOffset())
                >= footer.range().endOffset();
    }
}
