// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.attempt.RunningMark;
import dev.kafkabackup.restore.attempt.TargetPosition;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.plan.PlanHolds;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.report.DamageStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.RetryingStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every planned record that was not restored before, bounded, per partition in offset order. The plan is read from the
 * storage by the enumerator, so that the job graph stays small however many segments there are.
 */
public final class SegmentSource implements Source<RestoreRecord, SegmentSplit, SegmentEnumeratorState> {

    private static final long serialVersionUID = 1L;

    /**
     * Accumulator of the job: subtasks that have not emitted everything. More than 0 at its end means that it was
     * stopped with a savepoint, which Flink does not tell apart from success.
     */
    public static final String STILL_READING = "subtasks still reading";

    private static final Logger LOG = LoggerFactory.getLogger(SegmentSource.class);

    /** How long tasks wait for storage that is away before they fail over. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final StorageLocation storage;
    private final String restoreId;
    private final AttemptId attempt;
    private final @Nullable Long maxBytesPerSecond;

    /**
     * @param storage where backup and plan lie
     * @param restoreId whose plan it is
     * @param attempt knows where to go on in partitions into which something was restored before
     * @param maxBytesPerSecond uncompressed bytes that all readers together emit in a second at most; null for any
     */
    public SegmentSource(
            StorageLocation storage, String restoreId, AttemptId attempt, @Nullable Long maxBytesPerSecond) {
        this.maxBytesPerSecond = maxBytesPerSecond;
        this.storage = storage;
        this.restoreId = restoreId;
        this.attempt = attempt;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.BOUNDED;
    }

    @Override
    public SourceReader<RestoreRecord, SegmentSplit> createReader(SourceReaderContext context) {
        String thread = "read-ahead-" + context.getIndexOfSubtask();
        ClassLoader filters = context.getUserCodeClassLoader().asClassLoader();
        WithoutTimestampCounter withoutTimestamp = new WithoutTimestampCounter(openStorage(), restoreId);
        return SegmentSourceReader.create(
                () -> {
                    BackupStorage opened = openStorage();
                    return new SegmentSplitReader(
                            new ReadAhead(opened, thread), new Observer(opened, withoutTimestamp), filters);
                },
                withoutTimestamp,
                context,
                maxBytesPerSecond);
    }

    /** Remembers for the report what was not produced as it was selected. */
    private final class Observer implements ReadingObserver {

        private final DamageStore damages;
        private final WithoutTimestampCounter withoutTimestamp;

        Observer(BackupStorage opened, WithoutTimestampCounter withoutTimestamp) {
            this.damages = new DamageStore(opened, restoreId);
            this.withoutTimestamp = withoutTimestamp;
        }

        @Override
        public void skipped(Damage damage) {
            LOG.warn("Skipped: {}", damage);
            try {
                damages.add(damage);
            } catch (IOException e) {
                throw new FailedException("What was skipped cannot be written down: " + e.getMessage(), e);
            }
        }

        @Override
        public void metWithoutTimestamp(TopicIdPartition source, long offset, boolean restored) {
            withoutTimestamp.met(source, offset, restored);
        }
    }

    @Override
    public SplitEnumerator<SegmentSplit, SegmentEnumeratorState> createEnumerator(
            SplitEnumeratorContext<SegmentSplit> context) {
        return restoreEnumerator(context, SegmentEnumeratorState.UNPLANNED);
    }

    @Override
    public SplitEnumerator<SegmentSplit, SegmentEnumeratorState> restoreEnumerator(
            SplitEnumeratorContext<SegmentSplit> context, SegmentEnumeratorState state) {
        return new SegmentSplitEnumerator(
                context,
                state,
                this::readPlan,
                this::renewHolds,
                () -> RunningMark.ofJob(storage.open(), restoreId, attempt));
    }

    private boolean renewHolds() throws IOException {
        try (BackupStorage opened = storage.open()) {
            new PlanHolds(opened, new PlanStore(opened).read(restoreId), Clock.systemUTC()).renew();
        }
        return true;
    }

    private List<SegmentSplit> readPlan() throws IOException {
        try (BackupStorage opened = openStorage()) {
            RestorePlan plan = new PlanStore(opened).read(restoreId);
            Map<TopicPartition, TargetPosition> positions = new AttemptStore(opened, restoreId).positions(attempt);
            return splits(plan).stream()
                    .flatMap(split -> left(split, positions.get(split.target())).stream())
                    .toList();
        }
    }

    private static Optional<SegmentSplit> left(SegmentSplit split, @Nullable TargetPosition position) {
        if (position == null) {
            return Optional.of(split);
        }
        return Optional.ofNullable(position.next()).map(next -> split.from(next.source(), next.nextOffset()));
    }

    static List<SegmentSplit> splits(RestorePlan plan) {
        return plan.topics().stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition -> !partition.isEmpty())
                        .map(partition -> SegmentSplit.of(plan, topic, partition)))
                .toList();
    }

    private BackupStorage openStorage() {
        return new RetryingStorage(storage.open(), PATIENCE);
    }

    @Override
    public SimpleVersionedSerializer<SegmentSplit> getSplitSerializer() {
        return new SegmentSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<SegmentEnumeratorState> getEnumeratorCheckpointSerializer() {
        return new SegmentEnumeratorStateSerializer();
    }
}
