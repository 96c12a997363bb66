// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.sink.OffsetMapSink;
import dev.kafkabackup.restore.source.SegmentSource;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The graph of the restore: segment source, then the sink with its offset map, one partition in one subtask all the
 * way.
 */
public final class RestoreJob {

    /** With Flink's pauses of up to a minute, time enough for a broker or a storage to come back. */
    private static final int RESTARTS = 12;

    private RestoreJob() {}

    /**
     * Builds the job; plan and attempt must be in the storage when the job starts, because that is where its tasks read
     * them.
     *
     * @param environment gets the graph, its name and the settings that the graph relies on
     * @param attempt the newest one; Flink state belongs to one attempt, no other one can be started with it
     */
    public static void build(
            StreamExecutionEnvironment environment, RestoreConfig config, RestorePlan plan, AttemptId attempt) {
        configure(environment, config, plan);
        sink(source(environment, config, attempt), config, attempt);
    }

    static void configure(StreamExecutionEnvironment environment, RestoreConfig config, RestorePlan plan) {
        Configuration settings = new Configuration();
        settings.set(PipelineOptions.NAME, "restore " + config.restoreId());
        settings.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        settings.set(PipelineOptions.GENERIC_TYPES, false);
        // the sink commits on checkpoints, which batch execution does not have
        settings.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.STREAMING);
        settings.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, config.checkpointInterval());
        // a subtask that has nothing left must not stop the others from committing
        settings.set(CheckpointingOptions.ENABLE_CHECKPOINTS_AFTER_TASKS_FINISH, true);
        // checkpoint storage may be away for a while; what is not in a checkpoint is not committed either
        settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, Integer.MAX_VALUE);
        // what fails again and again has to be seen: a restore that cannot end must not look like one that runs
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, RESTARTS);
        environment.configure(settings);
        environment.setParallelism(Math.max(1, Math.min(config.parallelism(), plan.partitionsToRead())));
    }

    static DataStream<RestoreRecord> source(
            StreamExecutionEnvironment environment, RestoreConfig config, AttemptId attempt) {
        return environment
                .fromSource(
                        new SegmentSource(
                                config.storage(),
                                config.restoreId(),
                                attempt,
                                config.produce().maxBytesPerSecond()),
                        WatermarkStrategy.noWatermarks(),
                        "Segments",
                        RestoreRecordType.INSTANCE)
                .uid("segment-source-" + attempt)
                .setDescription("Reads the planned segments of each partition in the order of their offsets");
    }

    static void sink(DataStream<RestoreRecord> records, RestoreConfig config, AttemptId attempt) {
        records.sinkTo(new OffsetMapSink(
                        config.kafka(),
                        config.storage(),
                        config.restoreId(),
                        attempt,
                        config.produce().delivery()))
                .name("Target topics")
                .uid("kafka-sink-" + attempt)
                .setDescription(
                        "Produces each record to its own partition, in transactions that each checkpoint commits, and writes the offset map");
    }
}
