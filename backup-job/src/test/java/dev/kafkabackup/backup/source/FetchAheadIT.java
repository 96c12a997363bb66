// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nothing more is fetched while too much waits to be processed. */
@Timeout(60)
class FetchAheadIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    private static final int RECORDS = 300;

    @TempDir
    private Path folder;

    @Test
    void readingStopsUntilWhatWasFetchedIsProcessedAndGoesOnWhereItStopped() throws Exception {
        Uuid id = BROKER.createTopic("orders", 1);
        produce();
        PartitionSplitReader reader = new PartitionSplitReader(
                FetchAheadIT::consumer,
                new PartitionOpener(
                        StorageLocation.parse(folder.toString()).open(),
                        new ThreadSafeSimpleCounter(),
                        new RepeatedWarning()),
                ended -> {},
                gaps -> {},
                new FetchAllowance(1));
        try {
            reader.handleSplitsChanges(new SplitsAddition<>(
                    List.of(new PartitionSplit(new TopicIdPartition(id, 0, "orders"), OptionalLong.empty()))));
            long next = 0;
            while (next < RECORDS) {
                RecordsWithSplitIds<PartitionBatch> fetched = fetchBatch(reader);
                PartitionBatch batch = fetched.nextRecordFromSplit();
                assertThat(batch.startOffset()).isEqualTo(next);
                if (batch.isNotice()) {
                    fetched.recycle();
                    continue;
                }
                next = batch.endOffset();

                assertThat(reader.fetch().nextSplit())
                        .as("while %s is processed", batch)
                        .isNull();
                fetched.recycle();
            }
        } finally {
            reader.close();
        }
    }

    private static RecordsWithSplitIds<PartitionBatch> fetchBatch(PartitionSplitReader reader) {
        AtomicReference<RecordsWithSplitIds<PartitionBatch>> found = new AtomicReference<>();
        await().atMost(Duration.ofSeconds(30)).pollInSameThread().until(() -> {
            RecordsWithSplitIds<PartitionBatch> fetched = fetch(reader);
            found.set(fetched);
            return fetched.nextSplit() != null;
        });
        return found.get();
    }

    private static RecordsWithSplitIds<PartitionBatch> fetch(PartitionSplitReader reader) {
        try {
            return reader.fetch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void produce() {
        RandomRecords records = RandomRecords.small();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next("orders", 0));
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        BROKER.bootstrapServers(),
                        "group.protocol",
                        "classic",
                        "auto.offset.reset",
                        "none",
                        "enable.auto.commit",
                        false,
                        "max.poll.records",
                        100),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
