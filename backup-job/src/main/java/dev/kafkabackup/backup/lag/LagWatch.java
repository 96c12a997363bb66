// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.kafka.KafkaConnection;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.metrics.MetricGroup;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka at every interval where the partitions of a subtask end, and commits their durable offsets for the
 * backup's consumer group, so that any tool that watches groups sees the lag. Nobody reads what is committed.
 *
 * <p>All of it is done on a thread of its own, and whatever fails is tried again at the next turn: it can hold up
 * neither a record nor a checkpoint. A partition for which Kafka has no answer keeps what was known of it, and its lag
 * grows in time.
 */
public final class LagWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);

    /** A topic that is gone is asked for until it is proven deleted, and Kafka's client asks for it again and again. */
    private static final Duration LONGEST_CALL = Duration.ofSeconds(5);

    private final Settings settings;
    private final DurableLag lag;
    private final LagMetrics metrics;
    private final GroupCommitter committer;
    private final RepeatedWarning warning = new RepeatedWarning();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread started = new Thread(task, "durable-lag");
        started.setDaemon(true);
        return started;
    });

    private volatile boolean started;
    /** Belongs to the thread. */
    private @Nullable Admin admin;

    /**
     * What the watch is told.
     *
     * @param groupId consumer group for which durable offsets are committed
     * @param interval how often Kafka is asked
     */
    public record Settings(KafkaConnection kafka, String groupId, Duration interval) implements Serializable {

        private static final long serialVersionUID = 1L;

        /** A watch of one subtask that has not begun yet. */
        public LagWatch watch(DurableLag lag, MetricGroup metrics) {
            return new LagWatch(this, lag, metrics);
        }
    }

    private LagWatch(Settings settings, DurableLag lag, MetricGroup group) {
        this.settings = settings;
        this.lag = lag;
        this.metrics = new LagMetrics(group, lag, System::nanoTime);
        this.committer = new GroupCommitter(settings.groupId(), metrics, System::nanoTime);
    }

    /** What is watched. */
    public DurableLag lag() {
        return lag;
    }

    /** Begins to look at every interval. */
    public LagWatch start() {
        started = true;
        Future<?> unused =
                thread.scheduleWithFixedDelay(this::look, 0, settings.interval().toMillis(), TimeUnit.MILLISECONDS);
        return this;
    }

    /** Has a last look after everything was published, and waits for it, but not for long. */
    public void finish() throws InterruptedException {
        if (!started) {
            return;
        }
        try {
            thread.submit(this::look).get(LONGEST_CALL.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.info("The last durable offsets are not committed: {}", e.toString());
        }
    }

    private void look() {
        try {
            Set<TopicIdPartition> partitions = lag.partitions();
            if (!partitions.isEmpty()) {
                Admin connected = admin();
                measure(connected, partitions);
                committer.commit(connected, lag.durableOffsets(), LONGEST_CALL);
            }
        } catch (Throwable e) {
            // what goes wrong beside the main way may not end the next turn
            if (!thread.isShutdown()) {
                failed(e);
            }
        }
    }

    private Admin admin() {
        Admin connected = admin;
        if (connected == null) {
            connected = settings.kafka().admin("kafka-backup-lag");
            admin = connected;
        }
        return connected;
    }

    private void measure(Admin connected, Set<TopicIdPartition> partitions) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> starts = new HashMap<>();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (TopicIdPartition partition : partitions) {
            starts.put(partition.topicPartition(), OffsetSpec.earliest());
            ends.put(partition.topicPartition(), OffsetSpec.latest());
        }
        ListOffsetsOptions options = new ListOffsetsOptions(IsolationLevel.READ_COMMITTED);
        options.timeoutMs((int) LONGEST_CALL.toMillis());
        // first the ends: what is published after that makes the lag smaller, which is true by the time it is shown
        ListOffsetsResult lastStable = connected.listOffsets(ends, options);
        ListOffsetsResult logStart = connected.listOffsets(starts, options);
        List<KafkaFuture<?>> answers = new ArrayList<>();
        for (TopicIdPartition partition : partitions) {
            answers.add(take(partition, logStart, lastStable));
        }
        try {
            KafkaFuture.allOf(answers.toArray(new KafkaFuture<?>[0]))
                    .get(LONGEST_CALL.toMillis() + 1_000, TimeUnit.MILLISECONDS);
            metrics.measured();
        } catch (ExecutionException | TimeoutException e) {
            failed(e.getCause() == null ? e : e.getCause());
        }
    }

    /** Each partition as soon as it is answered: one that is not holds up no other. */
    private KafkaFuture<?> take(TopicIdPartition partition, ListOffsetsResult logStart, ListOffsetsResult lastStable) {
        KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> start =
                logStart.partitionResult(partition.topicPartition());
        KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> end =
                lastStable.partitionResult(partition.topicPartition());
        return KafkaFuture.allOf(start, end).thenApply(unused -> {
            lag.measure(partition, offset(start), offset(end));
            metrics.show(partition.topicPartition());
            return partition;
        });
    }

    private static long offset(KafkaFuture<ListOffsetsResult.ListOffsetsResultInfo> answered) {
        try {
            return answered.get().offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("An answer that is there cannot be read", e);
        }
    }

    private void failed(Throwable e) {
        metrics.measureFailed();
        warning.failed(failures -> LOG.warn(
                "The lag of some partitions is not known now; {} looks failed since the last such line: {}",
                failures,
                e.toString()));
    }

    /** Gives up what is under way; what is not committed will be by the next job. */
    @Override
    public void close() {
        thread.shutdownNow();
        Admin connected = admin;
        if (connected != null) {
            connected.close(Duration.ZERO);
        }
    }
}
