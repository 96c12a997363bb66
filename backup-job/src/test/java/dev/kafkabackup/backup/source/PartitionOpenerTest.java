// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.PartitionCoverage;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.storage.fixture.MemoryStorage;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import dev.kafkabackup.testing.CapturedLog;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PartitionOpenerTest {

    private static final Uuid ORDERS = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private final Counter failures = new ThreadSafeSimpleCounter();

    @Test
    void storageThatCannotBeListedIsTriedAgainForEachPartitionAndToldOfOnce() {
        int partitions = 20;
        try (CapturedLog log = CapturedLog.of(PartitionOpener.class);
                PartitionOpener opener =
                        new PartitionOpener(new Unlisted(partitions), failures, new RepeatedWarning(() -> 0))) {
            List<CompletableFuture<PartitionCoverage>> opened = IntStream.range(0, partitions)
                    .mapToObj(number -> opener.open(new TopicIdPartition(ORDERS, number, "orders")))
                    .toList();

            assertThat(opened)
                    .allSatisfy(partition ->
                            assertThat(partition.join().covered().isEmpty()).isTrue());
            assertThat(failures.getCount()).isEqualTo(partitions);
            assertThat(log.warnings()).singleElement().asString().contains("told to fail");
        }
    }

    /** Fails a number of times to list, and then has nothing. */
    private static final class Unlisted extends WrappedStorage {

        private final AtomicInteger failuresLeft;

        Unlisted(int failures) {
            super(new MemoryStorage());
            failuresLeft = new AtomicInteger(failures);
        }

        @Override
        public List<StoredObject> list(String folder) throws IOException {
            if (failuresLeft.getAndDecrement() > 0) {
                throw new IOException("told to fail");
            }
            return super.list(folder);
        }
    }
}
