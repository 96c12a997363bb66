// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.lag;

import dev.kafkabackup.figure.Figures;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the backup is behind, for each partition that one subtask reads. The sink tells it what happens to records,
 * {@link LagWatch} what Kafka has.
 *
 * <p>Thread safe.
 */
public final class DurableLag {

    private final LongSupplier nanoTime;
    private final Map<TopicIdPartition, PartitionLag> partitions = new ConcurrentHashMap<>();
    /** Of the incarnations of a name the one that was opened last. */
    private final Map<TopicPartition, PartitionLag> current = new ConcurrentHashMap<>();

    /** @param nanoTime as {@link System#nanoTime()} */
    public DurableLag(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Reading of the partition goes on at this offset; what is below was read, was covered, or is gone. */
    public void readingAt(TopicIdPartition partition, long offset) {
        PartitionLag lag = partitions.computeIfAbsent(partition, any -> new PartitionLag());
        lag.readingAt(offset);
        current.put(partition.topicPartition(), lag);
    }

    /** The partition is read no more, because its incarnation is gone. */
    public void ended(TopicIdPartition partition) {
        PartitionLag lag = partitions.get(partition);
        if (lag != null) {
            lag.end();
            forgetIfOver(partition, lag);
        }
    }

    /**
     * A segment begins to hold records.
     *
     * @param offset from which on the partition is not durable until it is published
     */
    public void waitFrom(TopicIdPartition partition, long offset) {
        partitions.computeIfAbsent(partition, any -> new PartitionLag()).waitFrom(offset);
    }

    /** The first segment with records that waited is published. */
    public void published(TopicIdPartition partition) {
        PartitionLag lag = partitions.get(partition);
        if (lag != null) {
            lag.published();
            forgetIfOver(partition, lag);
        }
    }

    /** The last segment with records is given up, to be read again. */
    public void dropped(TopicIdPartition partition) {
        PartitionLag lag = partitions.get(partition);
        if (lag != null) {
            lag.dropped();
        }
    }

    private void forgetIfOver(TopicIdPartition partition, PartitionLag lag) {
        if (lag.isOver()) {
            partitions.remove(partition, lag);
            current.remove(partition.topicPartition(), lag);
        }
    }

    /** Shows it in the web UI, over all partitions. */
    public void showIn(Figures figures) {
        figures.sum("durable lag (offsets)", this::records).largest("durable lag (seconds)", this::seconds);
    }

    /** The partitions that are known. */
    Set<TopicIdPartition> partitions() {
        return Set.copyOf(partitions.keySet());
    }

    /** Takes in what Kafka has of a partition. */
    void measure(TopicIdPartition partition, long logStartOffset, long lastStableOffset) {
        PartitionLag lag = partitions.get(partition);
        if (lag != null) {
            lag.measure(logStartOffset, lastStableOffset, nanoTime.getAsLong());
        }
    }

    /** The durable offset of each partition whose log was seen. */
    Map<TopicPartition, Long> durableOffsets() {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        current.forEach((partition, lag) -> lag.durableOffset().ifPresent(offset -> offsets.put(partition, offset)));
        return offsets;
    }

    /** Records that are not durable, of all partitions. */
    long records() {
        return current.values().stream().mapToLong(PartitionLag::records).sum();
    }

    /** For how long the partition that is longest behind has been so, in seconds. */
    double seconds() {
        long now = nanoTime.getAsLong();
        return current.values().stream()
                .mapToDouble(lag -> lag.seconds(now))
                .max()
                .orElse(0);
    }

    /** Records of one partition that are not durable; 0 if it is not read here. */
    long records(TopicPartition partition) {
        PartitionLag lag = current.get(partition);
        return lag == null ? 0 : lag.records();
    }

    /** For how long a partition has been behind, in seconds; 0 if it is not read here. */
    double seconds(TopicPartition partition) {
        PartitionLag lag = current.get(partition);
        return lag == null ? 0 : lag.seconds(nanoTime.getAsLong());
    }

    /** Durable offset of a partition; -1 if it is not read here, or not known yet. */
    long durableOffset(TopicPartition partition) {
        PartitionLag lag = current.get(partition);
        return lag == null ? -1 : lag.durableOffset().orElse(-1);
    }
}
