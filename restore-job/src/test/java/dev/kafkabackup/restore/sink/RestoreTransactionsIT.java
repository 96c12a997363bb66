// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.OpenTransactions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RestoreTransactionsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private final Map<String, KafkaProducer<byte[], byte[]>> producers = new LinkedHashMap<>();

    @AfterEach
    void closeProducers() {
        producers.values().forEach(KafkaProducer::close);
    }

    @Test
    void ofAllOpenTransactionsOnlyThoseOfOlderAttemptsOfTheSameRestoreAreFenced() throws Exception {
        BROKER.createTopic("fenced", 1);
        List<String> older = List.of("kafka-backup-restore-x-1-ffff-0-17", "kafka-backup-restore-x-2-7fff-3-1");
        List<String> others = List.of(
                "kafka-backup-restore-x-2-8000-0-1", // the attempt itself
                "kafka-backup-restore-x-10-0000-0-1",
                "kafka-backup-restore-x-1-ffff-1-0000-0-1", // of the restore x-1-ffff
                "kafka-backup-restore-xx-1-ffff-0-1",
                "kafka-backup-restore-x-1-ffff",
                "somebody-else");
        for (String id : older) {
            openTransaction(id);
        }
        for (String id : others) {
            openTransaction(id);
        }

        new RestoreTransactions(BROKER.admin(), "x").fenceOlderThan(new AttemptId(2, "8000"));

        assertThat(ongoing()).containsExactlyInAnyOrderElementsOf(others);
        for (String id : older) {
            assertThatThrownBy(() -> producer(id).commitTransaction())
                    .isInstanceOfAny(ProducerFencedException.class, InvalidProducerEpochException.class);
        }

        new RestoreTransactions(BROKER.admin(), "x").fenceUpTo(new AttemptId(2, "8000"));

        List<String> left = new ArrayList<>(others);
        left.remove("kafka-backup-restore-x-2-8000-0-1");
        assertThat(ongoing()).containsExactlyInAnyOrderElementsOf(left);
    }

    private void openTransaction(String transactionalId) throws Exception {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", transactionalId),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producers.put(transactionalId, producer);
        producer.initTransactions();
        producer.beginTransaction();
        producer.send(new ProducerRecord<>("fenced", new byte[] {1})).get();
    }

    private KafkaProducer<byte[], byte[]> producer(String transactionalId) {
        return producers.get(transactionalId);
    }

    private static List<String> ongoing() throws Exception {
        return OpenTransactions.of(BROKER.admin(), "");
    }
}
