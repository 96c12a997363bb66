// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.kafka.common.TopicPartition;

/**
 * Produces through Flink's Kafka writer and hands the runs of its records on, together with their transaction if there
 * is one. The runs of records that need no transaction wait for the checkpoint as well: what is produced again after a
 * failure is mapped to where it is then.
 *
 * <p>Flink calls every method from the task thread.
 *
 * @param <W> Flink's writer, whose class is not public
 */
final class RestoreSinkWriter<
                W extends
                        StatefulSinkWriter<RestoreRecord, KafkaWriterState>
                                & CommittingSinkWriter<RestoreRecord, KafkaCommittable>>
        implements StatefulSinkWriter<RestoreRecord, KafkaWriterState>,
                CommittingSinkWriter<RestoreRecord, RestoreCommittable> {

    private final W kafka;
    private final boolean transactional;
    private final OffsetRecorder recorder;

    RestoreSinkWriter(W kafka, boolean transactional, OffsetRecorder recorder) {
        this.kafka = kafka;
        this.transactional = transactional;
        this.recorder = recorder;
    }

    @Override
    public void write(RestoreRecord element, Context context) throws IOException, InterruptedException {
        recorder.sent(
                element.source(),
                element.record().offset(),
                new TopicPartition(element.target(), element.source().partition()));
        kafka.write(element, context);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        kafka.flush(endOfInput);
    }

    /** Called after {@link #flush}, so that Kafka has answered for every record. */
    @Override
    public Collection<RestoreCommittable> prepareCommit() throws IOException, InterruptedException {
        List<OffsetMapRun> runs = recorder.takeRuns();
        Collection<KafkaCommittable> transactions = kafka.prepareCommit();
        if (transactions.isEmpty() && runs.isEmpty()) {
            return List.of();
        }
        if (!transactional) {
            return List.of(new RestoreCommittable(null, runs));
        }
        if (transactions.size() != 1) {
            throw new IllegalStateException("%d offset-map runs belong to one transaction, but there are %d"
                    .formatted(runs.size(), transactions.size()));
        }
        return List.of(new RestoreCommittable(transactions.iterator().next(), runs));
    }

    @Override
    public List<KafkaWriterState> snapshotState(long checkpointId) throws IOException {
        return kafka.snapshotState(checkpointId);
    }

    @Override
    public void close() throws Exception {
        kafka.close();
    }
}
