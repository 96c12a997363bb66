// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.restore.SerializerContract;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class RestoreCommittableSerializerTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    @Test
    void committablesKeepTheirLayout() throws IOException {
        TopicIdPartition source0 = new TopicIdPartition(TOPIC_ID, 0, "orders");
        TopicIdPartition source1 = new TopicIdPartition(TOPIC_ID, 1, "orders");
        TopicPartition target0 = new TopicPartition("restored", 0);
        TopicPartition target1 = new TopicPartition("restored", 1);
        RestoreCommittable committable = new RestoreCommittable(
                new KafkaCommittable(4711, (short) 3, "kafka-backup-restore-x-0-7", null),
                List.of(
                        new OffsetMapRun(source0, 100, target0, 5, 3),
                        new OffsetMapRun(source0, 110, target0, 8, 1),
                        new OffsetMapRun(source1, 0, target1, 0, 2)));
        OffsetMapSink sink = new OffsetMapSink(
                new KafkaConnection("localhost:9092", Map.of()),
                StorageLocation.parse("/nowhere"),
                "x",
                new AttemptId(1, "0000"),
                Delivery.EXACTLY_ONCE);

        SerializerContract.require(sink.getCommittableSerializer(), committable, 1, "restore-committable-v1.hex");
    }
}
