// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.flink.connector.kafka.sink.KafkaWriterState;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreSinkWriterTest {

    private static final TopicIdPartition ORDERS =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    @TempDir
    Path folder;

    private final AbortedWriter kafka = new AbortedWriter();
    private final OffsetRecorder recorder = new OffsetRecorder();
    private BackupFixture backup;
    private AttemptStore attempts;
    private RestoreSinkWriter<AbortedWriter> writer;

    @BeforeEach
    void open() throws IOException {
        backup = new BackupFixture(folder);
        attempts = new AttemptStore(backup.storage(), "x");
        AttemptId attempt = attempts.begin(Instant.EPOCH, true);
        writer = new RestoreSinkWriter<>(
                kafka,
                true,
                recorder,
                new RefusedRecords(recorder, "x"),
                new ProducedRecords(),
                new CommitPermission(backup.location(), "x", attempt));
    }

    @AfterEach
    void close() {
        backup.close();
    }

    @Test
    void aFailureToCloseIsNotThrownBecauseItWouldEndTheTaskManager() {
        writer.close();

        assertThat(kafka.closed).isTrue();
    }

    @Test
    void aNewerAttemptEndsTheJobForGoodBeforeTheTransactionIsHandedOn() throws Exception {
        writer.write(new RestoreRecord(ORDERS, "restored", BackupFixture.record(7, 0)), null);
        recorder.accept(new RecordMetadata(new TopicPartition("restored", 0), 3, 0, 0, 1, 1));
        attempts.begin(Instant.EPOCH, true);

        assertThatThrownBy(writer::prepareCommit)
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("Restore x was started again meanwhile (attempt 2-");
        assertThat(kafka.prepared).isFalse();
    }

    /** Flink's writer after the broker has aborted its transaction. */
    private static final class AbortedWriter
            implements StatefulSinkWriter<RestoreRecord, KafkaWriterState>,
                    CommittingSinkWriter<RestoreRecord, KafkaCommittable> {

        private boolean prepared;
        private boolean closed;

        @Override
        public void write(RestoreRecord element, Context context) {
            // nothing is sent
        }

        @Override
        public void flush(boolean endOfInput) {
            // nothing was sent
        }

        @Override
        public Collection<KafkaCommittable> prepareCommit() {
            prepared = true;
            return List.of();
        }

        @Override
        public List<KafkaWriterState> snapshotState(long checkpointId) {
            return List.of();
        }

        @Override
        public void close() throws IOException {
            closed = true;
            throw new IOException("One or more Kafka Producer send requests have encountered exception");
        }
    }
}
