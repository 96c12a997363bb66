// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * A backup job that reads one partition, as slowly as wanted: it may stand still for any time between any two steps,
 * and go on as if nothing had happened.
 */
final class SimulatedJob {

    private final TopicIdPartition partition;
    private final SimulatedLog log;
    private final BackupStorage storage;
    private final OpenPartition reading;
    private final Deque<EncodedSegment> sealed = new ArrayDeque<>();
    private @Nullable SegmentWriter open;
    private long openStart;
    private @Nullable OffsetAndMetadata seek;
    private int seenEpoch;

    /** Looks at what is covered now. */
    SimulatedJob(TopicIdPartition partition, SimulatedLog log, BackupStorage storage) throws IOException {
        this.partition = partition;
        this.log = log;
        this.storage = storage;
        this.reading = new OpenPartition(
                new PartitionSplit(partition, OptionalLong.empty()),
                CompletableFuture.completedFuture(PartitionCoverage.of(new Catalog(storage).segments(partition))));
        reading.isOpened();
        seek = reading.seekPosition();
        seenEpoch = log.epoch();
        reading.setFetching(true);
    }

    /** One fetch; false if there was nothing to read. */
    boolean read(int most) {
        // the client validates its position after a seek, and when there is another leader
        OffsetAndMetadata position = seek != null || seenEpoch != log.epoch()
                ? reading.seekPosition()
                : new OffsetAndMetadata(reading.position());
        SimulatedLog.Fetched fetched = log.fetch(position, most);
        seek = null;
        seenEpoch = log.epoch();
        if (fetched.divergent() != null) {
            reading.truncateTo(fetched.divergent());
            seek = reading.seekPosition();
            return true;
        }
        if (!fetched.inLog()) {
            if (reading.position() > log.endOffset()) {
                reading.truncateTo(new OffsetAndMetadata(log.endOffset()));
            } else {
                reading.skipTo(Math.max(log.startOffset(), reading.position()));
            }
            seek = reading.seekPosition();
            return true;
        }
        if (fetched.next().offset() == reading.position()) {
            return false;
        }
        reading.advance(fetched.records(), fetched.next()).ifPresent(this::write);
        if (reading.hasJumped(fetched.next())) {
            seek = reading.seekPosition();
        }
        return true;
    }

    private void write(PartitionBatch batch) {
        if (open != null && open.endOffset() != batch.startOffset()) {
            if (openStart < batch.startOffset()) {
                seal();
            } else {
                open = null;
            }
        }
        SegmentWriter writer = open;
        if (writer == null) {
            writer = new SegmentWriter(Simulation.CLUSTER_ID, partition, batch.startOffset(), 3);
            openStart = batch.startOffset();
            if (batch.gapStartOffset() < batch.startOffset()) {
                writer.followsGapFrom(batch.gapStartOffset());
            }
            open = writer;
        }
        for (SegmentRecord record : batch.records()) {
            writer.append(record);
        }
        writer.advanceTo(batch.endOffset(), batch.leaderEpoch());
    }

    void seal() {
        if (open != null) {
            sealed.add(open.seal());
            open = null;
        }
    }

    /** The next segment that waits; false if none does. */
    boolean publish() throws IOException {
        EncodedSegment segment = sealed.poll();
        if (segment == null) {
            return false;
        }
        storage.publish(BackupLayout.segment(partition, segment.name()), segment);
        return true;
    }

    /** Reads all that there is and publishes it. */
    void finish() throws IOException {
        while (read(50)) {
            // there is more
        }
        seal();
        while (publish()) {
            // there is more
        }
    }

    @Override
    public String toString() {
        return reading + ", " + sealed;
    }
}
