// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import dev.kafkabackup.error.RepeatedWarning;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.AlterConsumerGroupOffsetsResult;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits durable offsets for the backup's consumer group: what changed, and now and then all of them, because Kafka
 * forgets what was committed long ago. The group has no members; if somebody consumes under its name, Kafka refuses.
 *
 * <p>Used from one thread.
 */
final class GroupCommitter {

    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitter.class);

    private static final Duration ALL_INTERVAL = Duration.ofHours(1);

    /** Rights, or a group that is in use, do not change within seconds. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);

    private final String groupId;
    private final LagMetrics metrics;
    private final LongSupplier nanoTime;
    private final RepeatedWarning warning = new RepeatedWarning();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private long allCommittedAt;
    private long failedAt;
    private boolean failed;

    GroupCommitter(String groupId, LagMetrics metrics, LongSupplier nanoTime) {
        this.groupId = groupId;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.allCommittedAt = nanoTime.getAsLong();
    }

    /** Commits what is not yet committed of these; a failure is only told. */
    void commit(Admin admin, Map<TopicPartition, Long> durableOffsets, Duration patience) throws InterruptedException {
        long now = nanoTime.getAsLong();
        if (failed && now - failedAt < PAUSE_AFTER_FAILURE.toNanos()) {
            return;
        }
        if (now - allCommittedAt >= ALL_INTERVAL.toNanos()) {
            committed.clear();
            allCommittedAt = now;
        }
        Map<TopicPartition, OffsetAndMetadata> changed = new HashMap<>();
        durableOffsets.forEach((partition, offset) -> {
            if (!offset.equals(committed.get(partition))) {
                changed.put(partition, new OffsetAndMetadata(offset));
            }
        });
        if (changed.isEmpty()) {
            return;
        }
        AlterConsumerGroupOffsetsOptions options = new AlterConsumerGroupOffsetsOptions();
        options.timeoutMs((int) patience.toMillis());
        AlterConsumerGroupOffsetsResult answers = admin.alterConsumerGroupOffsets(groupId, changed, options);
        Throwable failure = null;
        int done = 0;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> wanted : changed.entrySet()) {
            try {
                answers.partitionResult(wanted.getKey()).get(patience.toMillis() + 1_000, TimeUnit.MILLISECONDS);
                committed.put(wanted.getKey(), wanted.getValue().offset());
                done++;
            } catch (ExecutionException | TimeoutException e) {
                // a topic that is being deleted holds up no other
                failure = e.getCause() == null ? e : e.getCause();
            }
        }
        committed.keySet().retainAll(durableOffsets.keySet());
        failed = done == 0;
        failedAt = now;
        if (done > 0) {
            metrics.committed();
        }
        if (failure != null) {
            warn(failure);
        }
    }

    private void warn(Throwable cause) {
        metrics.commitFailed();
        warning.failed(failures -> LOG.warn(
                "Durable offsets are not committed for group {}, which only tools that watch groups miss; {} attempts"
                        + " failed since the last such line: {}",
                groupId,
                failures,
                cause.toString()));
    }
}
