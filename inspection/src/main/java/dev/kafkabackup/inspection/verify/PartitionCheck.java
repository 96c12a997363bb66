// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.inspection.catalogue.Hole;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveRecords;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.CorruptSegmentException;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentReader;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StoredObject;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** Verifies one partition. Used once, from one thread. */
final class PartitionCheck {

    /** More of one kind would help nobody. */
    private static final int DIFFERENCES_NAMED = 5;

    private final BackupStorage storage;
    private final TopicIdPartition partition;
    private final boolean deep;
    private final VerificationProgress progress;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<SegmentName> damaged = new HashSet<>();

    PartitionCheck(BackupStorage storage, TopicIdPartition partition, boolean deep, VerificationProgress progress) {
        this.storage = storage;
        this.partition = partition;
        this.deep = deep;
        this.progress = progress;
    }

    /**
     * Looks at all objects of the partition.
     *
     * @param expiredUpTo below it holes are expiry
     * @param log of the live partition, to compare with; null without
     * @param kafka where to read it; null without
     */
    PartitionResult run(long expiredUpTo, @Nullable LiveLog log, @Nullable KafkaConnection kafka) throws IOException {
        PartitionSegments segments = new Catalog(storage).segmentsWithProvenHoles(partition);
        segments.rejected().forEach(this::checkRejected);
        for (Segment segment : segments.segments()) {
            check(segment);
            progress.segmentDone(segment.name().sizeBytes());
        }
        PartitionSegments good = segments.without(damaged);
        checkHoles(good, expiredUpTo);
        if (deep) {
            checkOverlaps(good);
        }
        if (log != null && kafka != null) {
            compare(good, log, kafka);
        }
        return new PartitionResult(
                partition,
                segments.segments().size(),
                segments.segments().stream()
                        .mapToLong(segment -> segment.name().records())
                        .sum(),
                segments.segments().stream()
                        .mapToLong(segment -> segment.name().sizeBytes())
                        .sum(),
                Set.copyOf(damaged),
                List.copyOf(findings));
    }

    private void add(Kind kind, @Nullable String object, @Nullable OffsetRange offsets, String what) {
        findings.add(new Finding(
                kind, partition.topic(), partition.topicId(), partition.partition(), object, offsets, what));
    }

    private void checkRejected(StoredObject object) {
        SegmentName name = SegmentName.parse(object.fileName()).orElse(null);
        if (name != null) {
            add(
                    Kind.NOT_A_SEGMENT,
                    object.path(),
                    name.range(),
                    "its size is %d bytes, its name says %d".formatted(object.sizeBytes(), name.sizeBytes()));
            return;
        }
        try {
            SegmentFooter footer = SegmentFooter.read(storage, object.path(), object.sizeBytes());
            add(
                    Kind.DAMAGED,
                    object.path(),
                    footer.metadata().range(),
                    "its name is not a segment's, but its footer says that it is %s %s"
                            .formatted(
                                    footer.metadata().partition(),
                                    footer.metadata().range()));
        } catch (CorruptDataException e) {
            add(Kind.FOREIGN, object.path(), null, "it is no segment, and is ignored");
        } catch (IOException | BackupException e) {
            add(Kind.UNREADABLE, object.path(), null, String.valueOf(e.getMessage()));
        }
    }

    private void check(Segment segment) {
        SegmentName name = segment.name();
        try {
            if (deep) {
                readAll(segment);
            } else {
                SegmentFooter.read(storage, segment.path(), name.sizeBytes()).check(segment.path(), partition, name);
            }
        } catch (FileNotFoundException e) {
            // replaced after it was listed; those that stand for it were listed as well
        } catch (CorruptSegmentException e) {
            damaged.add(name);
            add(Kind.DAMAGED, segment.path(), name.range(), e.what());
        } catch (CorruptDataException e) {
            damaged.add(name);
            add(Kind.DAMAGED, segment.path(), name.range(), String.valueOf(e.getMessage()));
        } catch (IOException | BackupException e) {
            add(Kind.UNREADABLE, segment.path(), name.range(), String.valueOf(e.getMessage()));
        }
    }

    private void readAll(Segment segment) throws IOException {
        SegmentName name = segment.name();
        long min = Long.MAX_VALUE;
        long max = -1;
        int epoch = -1;
        try (SegmentReader reader = SegmentReader.open(segment.path(), partition, name, storage.read(segment.path()))) {
            while (reader.hasNext()) {
                SegmentRecord record = reader.next();
                if (record.timestamp() >= 0) {
                    min = Math.min(min, record.timestamp());
                    max = Math.max(max, record.timestamp());
                }
                epoch = Math.max(epoch, record.leaderEpoch());
            }
        }
        if (max != name.maxTimestamp() || (max >= 0 && min != name.minTimestamp()) || epoch > name.leaderEpoch()) {
            throw new CorruptSegmentException(
                    segment.path(),
                    name.range(),
                    "its records have timestamps from %d to %d and leader epochs up to %d, its name says otherwise"
                            .formatted(max < 0 ? -1 : min, max, epoch),
                    null);
        }
    }

    private void checkHoles(PartitionSegments good, long expiredUpTo) throws IOException {
        for (Hole hole : Hole.of(storage, good, expiredUpTo)) {
            if (hole.explained()) {
                add(
                        Kind.GAP,
                        null,
                        hole.offsets(),
                        "Kafka dropped offsets %s before they were read".formatted(hole.offsets()));
            } else {
                add(
                        Kind.MISSING,
                        null,
                        hole.offsets(),
                        "nothing covers offsets %s, and no gap is known there: segments were removed or are damaged"
                                .formatted(hole.offsets()));
            }
        }
    }

    private void checkOverlaps(PartitionSegments good) {
        List<SegmentSlice> cluster = new ArrayList<>();
        long end = -1;
        for (SegmentSlice slice : good.slices()) {
            if (slice.valid().startOffset() >= end) {
                compareWithin(cluster);
                cluster.clear();
            }
            cluster.add(slice);
            end = Math.max(end, slice.valid().endOffset());
        }
        compareWithin(cluster);
    }

    private void compareWithin(List<SegmentSlice> cluster) {
        if (cluster.size() < 2) {
            return;
        }
        try (PartitionRecords records = records(List.copyOf(cluster), 0)) {
            int differences = 0;
            while (differences < DIFFERENCES_NAMED) {
                try {
                    while (records.hasNext()) {
                        records.next();
                    }
                    return;
                } catch (CorruptSegmentException e) {
                    differences++;
                    add(Kind.CONTRADICTION, e.object(), e.offsets(), e.what());
                }
            }
        } catch (FailedException e) {
            add(Kind.UNREADABLE, null, null, String.valueOf(e.getMessage()));
        }
    }

    private PartitionRecords records(List<SegmentSlice> slices, long from) {
        return new PartitionRecords(
                partition, slices, name -> storage.read(BackupLayout.segment(partition, name)), from);
    }

    /** Every record that Kafka has, held against what the good segments have. */
    private void compare(PartitionSegments good, LiveLog log, KafkaConnection kafka) throws IOException {
        if (log.lastStableOffset() <= log.logStartOffset()) {
            return;
        }
        Coverage covered = good.coverage();
        List<OffsetRange> notCovered = new ArrayList<>();
        int differences = 0;
        try (LiveRecords live = new LiveRecords(kafka, partition, log.logStartOffset());
                PartitionRecords stored = records(good.slices(), log.logStartOffset())) {
            @Nullable SegmentRecord candidate = null;
            while (live.position() < log.lastStableOffset()) {
                List<SegmentRecord> records = live.next().records();
                progress.liveRecordsDone(records.size());
                for (SegmentRecord record : records) {
                    if (record.offset() >= log.lastStableOffset()) {
                        break;
                    }
                    while ((candidate == null || candidate.offset() < record.offset()) && hasNext(stored)) {
                        candidate = stored.next();
                    }
                    if (candidate != null && candidate.offset() == record.offset()) {
                        if (!candidate.sameContent(record)) {
                            markDamaged(good, record.offset());
                            if (differences++ < DIFFERENCES_NAMED) {
                                OffsetRange at = new OffsetRange(record.offset(), record.offset() + 1);
                                add(Kind.DIFFERS, null, at, "Kafka has another record at offset " + record.offset());
                            }
                        }
                    } else if (covered.firstUncovered(record.offset()) == record.offset()) {
                        notCovered.add(new OffsetRange(record.offset(), record.offset() + 1));
                        if (notCovered.size() > 10_000) {
                            notCovered = new ArrayList<>(Coverage.of(notCovered).ranges());
                        }
                    } else {
                        markDamaged(good, record.offset());
                        if (differences++ < DIFFERENCES_NAMED) {
                            OffsetRange at = new OffsetRange(record.offset(), record.offset() + 1);
                            add(
                                    Kind.DIFFERS,
                                    null,
                                    at,
                                    "Kafka has a record at offset %d, where the backup has none"
                                            .formatted(record.offset()));
                        }
                    }
                }
            }
        } catch (BackupException e) {
            add(Kind.UNREADABLE, null, null, String.valueOf(e.getMessage()));
        }
        List<OffsetRange> ranges = stillUncovered(Coverage.of(notCovered).ranges());
        if (!ranges.isEmpty()) {
            add(
                    Kind.NOT_COVERED,
                    null,
                    ranges.get(0),
                    "Kafka has records that the backup does not have, the first at offset %d, the last at %d"
                            .formatted(
                                    ranges.get(0).startOffset(),
                                    ranges.get(ranges.size() - 1).endOffset() - 1));
        }
    }

    /** A running backup may have published meanwhile. */
    private List<OffsetRange> stillUncovered(List<OffsetRange> ranges) throws IOException {
        if (ranges.isEmpty()) {
            return ranges;
        }
        Coverage now = new Catalog(storage).segments(partition).without(damaged).coverage();
        return ranges.stream()
                .filter(range -> now.firstUncovered(range.startOffset()) < range.endOffset())
                .toList();
    }

    /** Damage below what a footer shows is met here only without {@code --deep}. */
    private boolean hasNext(PartitionRecords stored) {
        while (true) {
            try {
                return stored.hasNext();
            } catch (CorruptSegmentException e) {
                String file = e.object().substring(e.object().lastIndexOf('/') + 1);
                SegmentName.parse(file).ifPresent(damaged::add);
                add(Kind.DAMAGED, e.object(), e.offsets(), e.what());
            }
        }
    }

    private void markDamaged(PartitionSegments good, long offset) {
        good.slices().stream()
                .filter(slice -> slice.valid().contains(offset))
                .forEach(slice -> damaged.add(slice.name()));
    }
}
