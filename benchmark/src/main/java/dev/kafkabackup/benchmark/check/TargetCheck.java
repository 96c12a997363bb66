// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.data.SourceTopic;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A target topic holds the records of the source in their order and no others, and an offset map knows each of them.
 */
public final class TargetCheck {

    /** What one partition holds, and where. */
    private static final class Partition {
        private final Fingerprint records;
        private long placesInTarget;

        Partition(int number) {
            records = new Fingerprint(number);
        }
    }

    private TargetCheck() {}

    /**
     * Reads the target and compares it with the source.
     *
     * @throws WrongResult if anything differs
     */
    public static void checkRecords(String bootstrapServers, String target, SourceTopic source) {
        read(bootstrapServers, target, source);
    }

    /**
     * Reads the target, compares it with the source, and the offset map with where each record is.
     *
     * @param offsetMap folder of the offset map
     * @throws WrongResult if anything differs
     */
    public static void checkRecordsAndMap(String bootstrapServers, String target, SourceTopic source, Path offsetMap)
            throws IOException {
        List<Partition> partitions = read(bootstrapServers, target, source);
        long[] mapped = new long[partitions.size()];
        long[] entries = new long[partitions.size()];
        for (Path file : StoredRecords.files(offsetMap)) {
            StoredRecords.read(file, run -> {
                int partition = (Integer) run.get("source_partition");
                if (partition != (Integer) run.get("target_partition")) {
                    throw new WrongResult(file + " leads from partition " + partition + " to another one");
                }
                long length = (Long) run.get("length");
                for (long i = 0; i < length; i++) {
                    mapped[partition] +=
                            place((Long) run.get("source_offset") + i, (Long) run.get("target_offset") + i);
                }
                entries[partition] += length;
            });
        }
        for (int i = 0; i < mapped.length; i++) {
            long expected = source.partitions().get(i).records();
            if (entries[i] != expected || mapped[i] != partitions.get(i).placesInTarget) {
                throw new WrongResult("The offset map of partition %d has %d entries for %d records, or wrong ones"
                        .formatted(i, entries[i], expected));
            }
        }
    }

    private static List<Partition> read(String bootstrapServers, String target, SourceTopic source) {
        List<Partition> partitions = IntStream.range(0, source.partitions().size())
                .mapToObj(Partition::new)
                .toList();
        List<TopicPartition> assigned = IntStream.range(0, partitions.size())
                .mapToObj(number -> new TopicPartition(target, number))
                .toList();
        try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(assigned);
            consumer.seekToBeginning(assigned);
            Map<TopicPartition, Long> ends = consumer.endOffsets(assigned);
            while (assigned.stream().anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    Partition partition = partitions.get(record.partition());
                    // the source has no holes: the n-th record was at offset n
                    long sourceOffset = partition.records.result().records();
                    partition.placesInTarget += place(sourceOffset, record.offset());
                    partition.records.add(
                            sourceOffset, record.timestamp(), record.key(), record.value(), record.headers());
                }
            }
        }
        for (int number = 0; number < partitions.size(); number++) {
            Fingerprint.Of expected = source.partitions().get(number);
            Fingerprint.Of found = partitions.get(number).records.result();
            if (!found.sameAtOffsets(expected) || !found.sameInOrder(expected)) {
                throw new WrongResult("%s-%d holds %s, but the source %s".formatted(target, number, found, expected));
            }
        }
        return partitions;
    }

    private static long place(long sourceOffset, long targetOffset) {
        long mixed = sourceOffset * 0x9e3779b97f4a7c15L + targetOffset * 0xd1342543de82ef95L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xbf58476d1ce4e5b9L;
        return mixed ^ (mixed >>> 27);
    }
}
