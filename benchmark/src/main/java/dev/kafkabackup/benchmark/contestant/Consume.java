// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.kafkabackup.benchmark.data.RecordPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A process that reads a topic with plain consumers, one for each thread, and does nothing with the records, or
 * compresses their bytes and throws the result away: what no backup can be faster than.
 */
final class Consume {

    private static final int CHUNK_BYTES = 1 << 20;

    private Consume() {}

    /**
     * Prints how many records and bytes it has seen.
     *
     * @param arguments bootstrap servers, topic, partitions, threads, zstd level (0: no compression)
     */
    public static void main(String[] arguments) throws InterruptedException, ExecutionException {
        String bootstrapServers = arguments[0];
        int partitions = Integer.parseInt(arguments[2]);
        int threads = Integer.parseInt(arguments[3]);
        int level = Integer.parseInt(arguments[4]);
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<long[]>> shares = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                List<TopicPartition> own = new ArrayList<>();
                for (int partition = thread; partition < partitions; partition += threads) {
                    own.add(new TopicPartition(arguments[1], partition));
                }
                shares.add(executor.submit(() -> read(bootstrapServers, own, level)));
            }
            long records = 0;
            long bytes = 0;
            for (Future<long[]> share : shares) {
                records += share.get()[0];
                bytes += share.get()[1];
            }
            System.out.println("records=" + records + " bytes=" + bytes);
        } finally {
            executor.shutdownNow();
        }
    }

    private static long[] read(String bootstrapServers, List<TopicPartition> partitions, int level) {
        long records = 0;
        long bytes = 0;
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                                // as the backup sets them
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "1000",
                                ConsumerConfig.RECEIVE_BUFFER_CONFIG, "-1",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                Chunk chunk = level == 0 ? new Chunk(1) : new Chunk(level)) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    records++;
                    bytes += RecordPool.bytes(record.key(), record.value(), record.headers());
                    if (level != 0) {
                        chunk.add(record);
                    }
                }
            }
        }
        return new long[] {records, bytes};
    }

    /** Bytes that are compressed together. */
    private static final class Chunk implements AutoCloseable {

        private final ZstdCompressCtx context = new ZstdCompressCtx();
        private byte[] bytes = new byte[CHUNK_BYTES];
        private byte[] compressed = new byte[0];
        private int size;

        Chunk(int level) {
            context.setLevel(level);
        }

        void add(ConsumerRecord<byte[], byte[]> record) {
            add(record.key());
            add(record.value());
            for (Header header : record.headers()) {
                add(header.value());
            }
        }

        private void add(byte[] part) {
            if (size + part.length > bytes.length) {
                compress();
                if (part.length > bytes.length) {
                    bytes = new byte[part.length];
                }
            }
            System.arraycopy(part, 0, bytes, size, part.length);
            size += part.length;
        }

        private void compress() {
            int bound = Math.toIntExact(Zstd.compressBound(size));
            if (compressed.length < bound) {
                compressed = new byte[bound];
            }
            context.compressByteArray(compressed, 0, compressed.length, bytes, 0, size);
            size = 0;
        }

        @Override
        public void close() {
            compress();
            context.close();
        }
    }
}
