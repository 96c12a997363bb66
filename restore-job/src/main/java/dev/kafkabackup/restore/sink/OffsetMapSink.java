// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.figure.Figures;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.KafkaSinkBuilder;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.streaming.api.connector.sink2.CommittableMessage;
import org.apache.flink.streaming.api.connector.sink2.SupportsPostCommitTopology;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.runtime.operators.sink.InitContextBase;

/**
 * Flink's Kafka sink, which also writes down where each record went: the exact offset map. A committable is a
 * transaction, if there are any, with the runs that become true; after the commit they are published.
 */
public final class OffsetMapSink
        implements Sink<RestoreRecord>,
                SupportsWriterState<RestoreRecord, KafkaWriterState>,
                SupportsCommitter<RestoreCommittable>,
                SupportsPostCommitTopology<RestoreCommittable> {

    private static final long serialVersionUID = 1L;

    /** With the ten retries that Flink makes: about a minute and a half. */
    private static final Duration FIRST_COMMIT_PAUSE = Duration.ofMillis(100);

    private final KafkaSink<RestoreRecord> kafka;
    private final KafkaConnection connection;
    private final StorageLocation storage;
    private final String restoreId;
    private final AttemptId attempt;
    private final Delivery delivery;

    /**
     * @param connection the target cluster
     * @param storage where the backup lies; the map is published there
     * @param restoreId names the transactions and the folder of the map
     * @param attempt names the transactions too; commits nothing once there is a newer one
     * @param delivery with or without transactions
     */
    public OffsetMapSink(
            KafkaConnection connection,
            StorageLocation storage,
            String restoreId,
            AttemptId attempt,
            Delivery delivery) {
        this.connection = connection;
        this.storage = storage;
        this.restoreId = restoreId;
        this.attempt = attempt;
        this.delivery = delivery;
        this.kafka = kafkaSink(connection, restoreId, attempt, delivery);
    }

    private static KafkaSink<RestoreRecord> kafkaSink(
            KafkaConnection connection, String restoreId, AttemptId attempt, Delivery delivery) {
        KafkaSinkBuilder<RestoreRecord> sink = KafkaSink.<RestoreRecord>builder()
                .setKafkaProducerConfig(ProducerSettings.of(connection, delivery))
                .setRecordSerializer(new ProducerRecords());
        return switch (delivery) {
            case EXACTLY_ONCE ->
                sink.setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
                        .setTransactionalIdPrefix(RestoreTransactions.prefix(restoreId, attempt))
                        .setTransactionNamingStrategy(TransactionNamingStrategy.INCREMENTING)
                        .build();
            case AT_LEAST_ONCE ->
                sink.setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE).build();
        };
    }

    @Override
    public RestoreSinkWriter<?> createWriter(WriterInitContext context) throws IOException {
        return restoreWriter(context, List.of());
    }

    @Override
    public RestoreSinkWriter<?> restoreWriter(WriterInitContext context, Collection<KafkaWriterState> state)
            throws IOException {
        OffsetRecorder recorder = new OffsetRecorder();
        RefusedRecords refused = new RefusedRecords(recorder, restoreId);
        ProducedRecords produced = new ProducedRecords();
        // Flink gives writers its task in this way only
        if (context instanceof InitContextBase running) {
            produced.showIn(Figures.of(running.getRuntimeContext()));
        }
        return new RestoreSinkWriter<>(
                kafka.restoreWriter(new RecordingInitContext(context, recorder, refused), state),
                delivery == Delivery.EXACTLY_ONCE,
                recorder,
                refused,
                produced,
                new CommitPermission(storage, restoreId, attempt));
    }

    @Override
    public SimpleVersionedSerializer<KafkaWriterState> getWriterStateSerializer() {
        return kafka.getWriterStateSerializer();
    }

    @Override
    public Committer<RestoreCommittable> createCommitter(CommitterInitContext context) {
        return new RestoreCommitter(
                kafka.createCommitter(context), new KafkaTransactionLookup(connection), FIRST_COMMIT_PAUSE, restoreId);
    }

    @Override
    public SimpleVersionedSerializer<RestoreCommittable> getCommittableSerializer() {
        return new RestoreCommittableSerializer(kafka.getCommittableSerializer());
    }

    @Override
    public void addPostCommitTopology(DataStream<CommittableMessage<RestoreCommittable>> committed) {
        placeWriterAndCommitterTogether(committed);
        committed
                .process(new OffsetMapWriter(storage, restoreId, attempt), Types.VOID)
                .name("offset map")
                .uid("offset-map");
    }

    /**
     * Flink's sink does this in its own post-commit topology, whatever the stream carries; its writer and committer
     * share producers.
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private void placeWriterAndCommitterTogether(DataStream<CommittableMessage<RestoreCommittable>> committed) {
        DataStream<CommittableMessage<KafkaCommittable>> untyped = (DataStream) committed;
        kafka.addPostCommitTopology(untyped);
    }
}
