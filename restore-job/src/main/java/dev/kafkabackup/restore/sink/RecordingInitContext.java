// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.flink.api.common.JobInfo;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.groups.SinkWriterMetricGroup;
import org.apache.flink.util.UserCodeClassLoader;

/** What Flink gives a writer, and in addition somebody who wants to know where each record went. */
final class RecordingInitContext implements WriterInitContext {

    private final WriterInitContext context;
    private final OffsetRecorder recorder;
    private final RefusedRecords refused;

    RecordingInitContext(WriterInitContext context, OffsetRecorder recorder, RefusedRecords refused) {
        this.context = context;
        this.recorder = recorder;
        this.refused = refused;
    }

    /** Kafka's writer asks for a consumer of {@link org.apache.kafka.clients.producer.RecordMetadata}. */
    @Override
    @SuppressWarnings("unchecked") // the type is the caller's claim
    public <M> Optional<Consumer<M>> metadataConsumer() {
        return Optional.of((Consumer<M>) recorder);
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return context.getUserCodeClassLoader();
    }

    @Override
    public MailboxExecutor getMailboxExecutor() {
        return new ExplainingMailbox(context.getMailboxExecutor(), refused);
    }

    @Override
    public ProcessingTimeService getProcessingTimeService() {
        return context.getProcessingTimeService();
    }

    @Override
    public SinkWriterMetricGroup metricGroup() {
        return context.metricGroup();
    }

    @Override
    public SerializationSchema.InitializationContext asSerializationSchemaInitializationContext() {
        return context.asSerializationSchemaInitializationContext();
    }

    @Override
    public boolean isObjectReuseEnabled() {
        return context.isObjectReuseEnabled();
    }

    @Override
    public <T> TypeSerializer<T> createInputSerializer() {
        return context.createInputSerializer();
    }

    @Override
    public OptionalLong getRestoredCheckpointId() {
        return context.getRestoredCheckpointId();
    }

    @Override
    public JobInfo getJobInfo() {
        return context.getJobInfo();
    }

    @Override
    public TaskInfo getTaskInfo() {
        return context.getTaskInfo();
    }
}
