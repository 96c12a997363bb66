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
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
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
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** Verifies one partition. Used once, from one thread. */
final class PartitionCheck {

    private final BackupStorage storage;
    private final TopicIdPartition partition;
    private final boolean deep;
    private final VerificationProgress progress;
    private final PartitionFindings findings;

    PartitionCheck(BackupStorage storage, TopicIdPartition partition, boolean deep, VerificationProgress progress) {
        this.storage = storage;
        this.partition = partition;
        this.deep = deep;
        this.progress = progress;
        this.findings = new PartitionFindings(partition);
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
        PartitionSegments good = segments.without(findings.damaged());
        checkHoles(good, expiredUpTo);
        if (deep) {
            checkOverlaps(good);
        }
        if (log != null && kafka != null) {
            new LiveComparison(storage, good, findings, progress).run(log, kafka);
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
                findings.damaged(),
                findings.all());
    }

    private void checkRejected(StoredObject object) {
        SegmentName name = SegmentName.parse(object.fileName()).orElse(null);
        if (name != null) {
            findings.add(
                    Kind.NOT_A_SEGMENT,
                    object.path(),
                    name.range(),
                    "its size is %d bytes, its name says %d".formatted(object.sizeBytes(), name.sizeBytes()));
            return;
        }
        try {
            SegmentFooter footer = SegmentFooter.read(storage, object.path(), object.sizeBytes());
            findings.add(
                    Kind.DAMAGED,
                    object.path(),
                    footer.metadata().range(),
                    "its name is not a segment's, but its footer says that it is %s %s"
                            .formatted(
                                    footer.metadata().partition(),
                                    footer.metadata().range()));
        } catch (CorruptDataException e) {
            findings.add(Kind.FOREIGN, object.path(), null, "it is no segment, and is ignored");
        } catch (IOException | BackupException e) {
            findings.add(Kind.UNREADABLE, object.path(), null, String.valueOf(e.getMessage()));
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
            findings.addDamaged(name);
            findings.add(Kind.DAMAGED, segment.path(), name.range(), e.what());
        } catch (CorruptDataException e) {
            findings.addDamaged(name);
            findings.add(Kind.DAMAGED, segment.path(), name.range(), String.valueOf(e.getMessage()));
        } catch (IOException | BackupException e) {
            findings.add(Kind.UNREADABLE, segment.path(), name.range(), String.valueOf(e.getMessage()));
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
                findings.add(
                        Kind.GAP,
                        null,
                        hole.offsets(),
                        "Kafka dropped offsets %s before they were read".formatted(hole.offsets()));
            } else {
                findings.add(
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
        try (PartitionRecords records = records(List.copyOf(cluster))) {
            int differences = 0;
            while (differences < PartitionFindings.DIFFERENCES_NAMED) {
                try {
                    while (records.hasNext()) {
                        records.next();
                    }
                    return;
                } catch (CorruptSegmentException e) {
                    differences++;
                    findings.add(Kind.CONTRADICTION, e.object(), e.offsets(), e.what());
                }
            }
        } catch (FailedException e) {
            findings.add(Kind.UNREADABLE, null, null, String.valueOf(e.getMessage()));
        }
    }

    private PartitionRecords records(List<SegmentSlice> slices) {
        return new PartitionRecords(partition, slices, name -> storage.read(BackupLayout.segment(partition, name)), 0);
    }
}
