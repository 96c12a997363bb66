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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads from Kafka again what is missing or damaged in a backup and publishes it; removes damaged objects where nothing
 * depends on them any more. May be killed at any moment and run again.
 *
 * <p>Used from one thread.
 */
public final class Healing {

    private static final int COMPRESSION_LEVEL = 3;
    private static final long SEGMENT_BYTES = 48L << 20;

    private final BackupStorage storage;
    private final Catalog catalog;
    private final String clusterId;
    private final LiveTopics live;
    private final List<String> done = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    /**
     * @param storage not closed here
     * @param clusterId that the backup belongs to
     * @param live the cluster itself; not closed here
     */
    public Healing(BackupStorage storage, String clusterId, LiveTopics live) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.clusterId = clusterId;
        this.live = live;
    }

    /** What was read again and what was removed, one line each. */
    public List<String> done() {
        return List.copyOf(done);
    }

    /** What could not be healed and why, one line each. */
    public List<String> left() {
        return List.copyOf(left);
    }

    /** Heals the partitions of which something is wrong: first everything is published, then damaged objects go. */
    public void heal(Collection<PartitionResult> results) throws IOException {
        List<PartitionResult> wrong =
                results.stream().filter(PartitionResult::isWrong).toList();
        for (PartitionResult result : wrong) {
            LiveLog log = live.logs(TopicIncarnation.of(result.partition()))
                    .get(result.partition().partition());
            if (log == null) {
                left.add("%s: Kafka does not have it".formatted(result.partition()));
            } else {
                publishMissing(result, log);
            }
        }
        for (PartitionResult result : wrong) {
            LiveLog log = live.logs(TopicIncarnation.of(result.partition()))
                    .get(result.partition().partition());
            if (log != null) {
                removeDamaged(result, log);
            }
        }
    }

    private void publishMissing(PartitionResult result, LiveLog log) throws IOException {
        PartitionSegments good =
                catalog.segmentsWithProvenHoles(result.partition()).without(result.damaged());
        Coverage covered = good.coverage();
        long from = covered.firstUncovered(log.logStartOffset());
        while (from < log.lastStableOffset()) {
            OffsetRange wanted = new OffsetRange(from, Math.min(covered.firstCovered(from), log.lastStableOffset()));
            read(good, wanted);
            from = covered.firstUncovered(wanted.endOffset());
        }
    }

    private void read(PartitionSegments good, OffsetRange wanted) throws IOException {
        TopicIdPartition partition = good.partition();
        try (LiveRecords records = new LiveRecords(live.connection(), partition, wanted.startOffset())) {
            SegmentWriter writer = writer(partition, wanted.startOffset());
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
            writer.advanceTo(wanted.endOffset(), epoch(good, wanted));
            if (writer.endOffset() > start) {
                publish(writer);
            }
            done.add("%s: read offsets %s again from Kafka".formatted(partition, wanted));
        }
    }

    /**
     * Leader epochs only grow along a log, so the one before a range is right for it, and the one behind it at most.
     */
    private static int epoch(PartitionSegments good, OffsetRange range) {
        int before = good.leaderEpochBefore(range.startOffset());
        return before >= 0
                ? before
                : good.slices().stream()
                        .filter(slice -> slice.valid().startOffset() >= range.endOffset())
                        .mapToInt(slice -> slice.name().leaderEpoch())
                        .min()
                        .orElse(-1);
    }

    private SegmentWriter writer(TopicIdPartition partition, long startOffset) {
        return new SegmentWriter(clusterId, partition, startOffset, COMPRESSION_LEVEL);
    }

    private void publish(SegmentWriter writer) throws IOException {
        EncodedSegment segment = writer.seal();
        storage.publish(BackupLayout.segment(segment.partition(), segment.name()), segment);
    }

    private void removeDamaged(PartitionResult result, LiveLog log) throws IOException {
        PartitionSegments segments = catalog.segments(result.partition());
        PartitionSegments good = segments.without(result.damaged());
        for (Segment segment : segments.segments()) {
            if (result.damaged().contains(segment.name())) {
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
            OffsetRange range =
                    SegmentName.parse(object.fileName()).map(SegmentName::range).orElse(null);
            if (found.contains(object.path())) {
                removeIfCovered(
                        object.path(), range == null ? new OffsetRange(0, 1) : range, object.sizeBytes(), good, log);
            }
        }
    }

    private void removeIfCovered(String path, OffsetRange range, long sizeBytes, PartitionSegments good, LiveLog log)
            throws IOException {
        TopicIdPartition partition = good.partition();
        SegmentMetadata footer = footer(path, sizeBytes);
        // a damaged name may claim any range, and the footer says how far it really goes; without a footer the name is
        // all there is to go by, and what lies behind the end of Kafka's log is nowhere else
        long end = footer == null ? range.endOffset() : Math.min(range.endOffset(), log.lastStableOffset());
        long uncovered = good.coverage().firstUncovered(range.startOffset());
        if (uncovered >= end && footer != null && footer.partition().equals(partition)) {
            end = footer.range().endOffset();
            uncovered = good.coverage().firstUncovered(footer.range().startOffset());
        }
        if (uncovered < end) {
            left.add("%s: %s stays, because nothing else covers its offsets from %d on and Kafka does not have them"
                    .formatted(partition, path, uncovered));
        } else if (footer != null && !isKeptElsewhere(path, footer)) {
            left.add("%s: %s stays, because it holds records of another place that are nowhere else"
                    .formatted(partition, path));
        } else if (!new HoldStore(storage)
                .active(TopicIncarnation.of(partition), Instant.now())
                .isEmpty()) {
            left.add("%s: %s stays, because the topic is held".formatted(partition, path));
        } else {
            storage.delete(path);
            done.add("%s: removed %s".formatted(partition, path));
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
        Coverage others = Coverage.of(home.slices().stream()
                .filter(slice ->
                        !BackupLayout.segment(footer.partition(), slice.name()).equals(path))
                .map(SegmentSlice::valid)
                .toList());
        return others.firstUncovered(footer.range().startOffset())
                >= footer.range().endOffset();
    }
}
