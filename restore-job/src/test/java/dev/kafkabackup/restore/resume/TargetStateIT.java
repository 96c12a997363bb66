// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.testing.BrokerExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TargetStateIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final List<TopicPartition> PARTITIONS =
            List.of(new TopicPartition("target", 0), new TopicPartition("target", 1));

    @Test
    void anOpenTransactionOfSomebodyElseIsRefusedAndOneOfOursIsEnded() throws Exception {
        BROKER.createTopic("target", 2);
        TargetState state = new TargetState(BROKER.admin(), Duration.ofMillis(500));
        state.awaitNoOpenTransaction(PARTITIONS, () -> {});
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers(), "transactional.id", "somebody-else"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("target", 1, null, new byte[] {1}))
                    .get();

            assertThatThrownBy(() -> state.awaitNoOpenTransaction(PARTITIONS, () -> {}))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageStartingWith(
                            "Partition 1 of target has an open transaction that is not of this restore");

            AtomicInteger looks = new AtomicInteger();
            state.awaitNoOpenTransaction(PARTITIONS, () -> {
                if (looks.incrementAndGet() == 2) {
                    producer.abortTransaction();
                }
            });
            assertThat(looks).hasValueGreaterThanOrEqualTo(2);
        }
    }
}
