// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionRecords;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.inspection.live.LiveLog;
import dev.kafkabackup.inspection.live.LiveRecords;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.CorruptSegmentException;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** Holds what the backup has of one partition against what Kafka has of it. Used once, from one thread. */
final class LiveComparison {

    /** They are joined when there are more, to bound memory. */
    private static final int UNJOINED_RANGES = 10_000;

    private final BackupStorage storage;
    private final TopicIdPartition partition;
    private final PartitionSegments good;
    private final Coverage covered;
    private final PartitionFindings findings;
    private final VerificationProgress progress;
    private List<OffsetRange> notCovered = new ArrayList<>();
    private int differences;

    /** @param good the segments of the partition of which no damage is known */
    LiveComparison(
            BackupStorage storage, PartitionSegments good, PartitionFindings findings, VerificationProgress progress) {
        this.storage = storage;
        this.partition = good.partition();
        this.good = good;
        this.covered = good.coverage();
        this.findings = findings;
        this.progress = progress;
    }

    /** Reads every record that Kafka has. */
    void run(LiveLog log, KafkaConnection kafka) throws IOException {
        if (log.lastStableOffset() <= log.logStartOffset()) {
            return;
        }
        try (LiveRecords live = new LiveRecords(kafka, partition, log.logStartOffset());
                PartitionRecords stored = storedFrom(log.logStartOffset())) {
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
                    compare(record, candidate);
                }
            }
        } catch (BackupException e) {
            findings.add(Kind.UNREADABLE, null, null, String.valueOf(e.getMessage()));
        }
        addNotCovered();
    }

    /** @param candidate the first record of the backup that is not before it; null if there is none */
    private void compare(SegmentRecord record, @Nullable SegmentRecord candidate) {
        long offset = record.offset();
        if (candidate != null && candidate.offset() == offset) {
            if (!candidate.sameContent(record)) {
                addDifference(offset, "Kafka has another record at offset " + offset);
            }
        } else if (covered.firstUncovered(offset) == offset) {
            notCovered.add(new OffsetRange(offset, offset + 1));
            if (notCovered.size() > UNJOINED_RANGES) {
                notCovered = new ArrayList<>(Coverage.of(notCovered).ranges());
            }
        } else {
            addDifference(offset, "Kafka has a record at offset %d, where the backup has none".formatted(offset));
        }
    }

    private void addDifference(long offset, String what) {
        good.slices().stream()
                .filter(slice -> slice.valid().contains(offset))
                .forEach(slice -> findings.addDamaged(slice.name()));
        if (differences++ < PartitionFindings.DIFFERENCES_NAMED) {
            findings.add(Kind.DIFFERS, null, new OffsetRange(offset, offset + 1), what);
        }
    }

    private void addNotCovered() throws IOException {
        List<OffsetRange> ranges = stillUncovered(Coverage.of(notCovered).ranges());
        if (!ranges.isEmpty()) {
            findings.add(
                    Kind.NOT_COVERED,
                    null,
                    ranges.get(0),
                    "Kafka has records that the backup does not have, the first at offset %d, the last at %d"
                            .formatted(
                                    ranges.get(0).startOffset(),
                                    ranges.get(ranges.size() - 1).endOffset() - 1));
        }
    }

    private PartitionRecords storedFrom(long offset) {
        return new PartitionRecords(
                partition, good.slices(), name -> storage.read(BackupLayout.segment(partition, name)), offset);
    }

    /** A running backup may have published meanwhile. */
    private List<OffsetRange> stillUncovered(List<OffsetRange> ranges) throws IOException {
        if (ranges.isEmpty()) {
            return ranges;
        }
        Coverage now = new Catalog(storage)
                .segments(partition)
                .without(findings.damaged())
                .coverage();
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
                SegmentName.parse(file).ifPresent(findings::addDamaged);
                findings.add(Kind.DAMAGED, e.object(), e.offsets(), e.what());
            }
        }
    }
}
