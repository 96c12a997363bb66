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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(RestoreSinkWriter.class);

    private final W kafka;
    private final boolean transactional;
    private final OffsetRecorder recorder;
    private final RefusedRecords refused;
    private final ProducedRecords produced;
    private final CommitPermission permission;

    /** @param permission closed together with this writer */
    RestoreSinkWriter(
            W kafka,
            boolean transactional,
            OffsetRecorder recorder,
            RefusedRecords refused,
            ProducedRecords produced,
            CommitPermission permission) {
        this.kafka = kafka;
        this.transactional = transactional;
        this.recorder = recorder;
        this.refused = refused;
        this.produced = produced;
        this.permission = permission;
    }

    @Override
    public void write(RestoreRecord element, Context context) throws IOException, InterruptedException {
        long bytes = element.record().payloadBytes();
        recorder.sent(
                element.source(),
                element.record().offset(),
                bytes,
                new TopicPartition(element.target(), element.source().partition()));
        try {
            kafka.write(element, context);
        } catch (IOException | RuntimeException e) {
            refused.endFor(e);
            throw e;
        }
        produced.add(bytes);
    }

    @Override
    public void flush(boolean endOfInput) throws IOException, InterruptedException {
        try {
            kafka.flush(endOfInput);
        } catch (IOException | RuntimeException e) {
            refused.endFor(e);
            throw e;
        }
    }

    /** Called after {@link #flush}, so that Kafka has answered for every record. */
    @Override
    public Collection<RestoreCommittable> prepareCommit() throws IOException, InterruptedException {
        List<OffsetMapRun> runs = recorder.takeRuns();
        if (!runs.isEmpty()) {
            // only now: every record of the transaction was acknowledged, see AttemptStore
            permission.require();
        }
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

    /**
     * What is not committed by now is produced again, or not needed. So a failure is of no consequence; but Flink would
     * end the whole TaskManager because of it, and a broker that has aborted a transaction causes one.
     */
    @Override
    public void close() {
        try (permission) {
            kafka.close();
        } catch (Exception e) {
            LOG.warn("The producers of the restore did not close in good order", e);
        }
    }
}
