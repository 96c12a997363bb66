// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.backup.lag.DurableLag;
import dev.kafkabackup.backup.lag.LagWatch;
import dev.kafkabackup.backup.source.PartitionBatch;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.streaming.runtime.operators.sink.InitContextBase;

/**
 * Writes batches as segments. It has neither a committer nor state: a published segment is true whether or not a
 * checkpoint completes, and after any failure the covered offsets decide what is read next.
 *
 * @param clusterId id of the cluster that is backed up, for the footers
 * @param segmentBytes encoded size at which a segment is sealed
 * @param segmentAge how long records wait in an open segment at most
 * @param compressionLevel zstd level, 1 to 22
 * @param uploadThreads uploads of one subtask that run at the same time, 1 or more
 * @param lag how the durable lag is watched
 */
public record SegmentSink(
        StorageLocation storage,
        String clusterId,
        long segmentBytes,
        Duration segmentAge,
        int compressionLevel,
        int uploadThreads,
        LagWatch.Settings lag)
        implements Sink<PartitionBatch> {

    private static final long serialVersionUID = 1L;

    /** Share of the heap that all subtasks together use for open segments and those on their way. */
    private static final int HEAP_SHARE = 4;

    /** How long a checkpoint waits for the segments that it sealed. */
    private static final Duration CHECKPOINT_PATIENCE = Duration.ofSeconds(10);

    @Override
    public SinkWriter<PartitionBatch> createWriter(WriterInitContext context) {
        DurableLag durable = new DurableLag(System::nanoTime);
        PublisherMetrics metrics = PublisherMetrics.of(context.metricGroup());
        SegmentPublisher publisher = new SegmentPublisher(
                storage.open(),
                uploadThreads,
                metrics,
                segment -> SegmentSinkWriter.tellPublished(durable, segment),
                new RepeatedWarning());
        long budget = Runtime.getRuntime().maxMemory()
                / HEAP_SHARE
                / context.getTaskInfo().getNumberOfParallelSubtasks();
        Figures figures = figures(context);
        metrics.showIn(figures);
        durable.showIn(figures);
        LagWatch watch = lag.watch(durable, context.metricGroup()).start();
        return new SegmentSinkWriter(
                this, publisher, watch, budget, CHECKPOINT_PATIENCE, context.getProcessingTimeService());
    }

    /** Flink gives writers its task in this way only. */
    private static Figures figures(WriterInitContext context) {
        return context instanceof InitContextBase running ? Figures.of(running.getRuntimeContext()) : Figures.NONE;
    }
}
