// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which incarnations and partitions the backup has. Listed anew from time to time; tombstones, of which nothing but
 * metadata is left, are left out.
 *
 * <p>Used from one thread.
 */
final class Inventory {

    private final Catalog catalog;
    private final Duration interval;
    private final LongSupplier nanoClock;
    private final Set<TopicIncarnation> tombstones = new HashSet<>();
    private Map<TopicIncarnation, List<TopicIdPartition>> partitions = new LinkedHashMap<>();
    private @Nullable Long listedAtNanos;

    /** @param interval how often to list */
    Inventory(Catalog catalog, Duration interval, LongSupplier nanoClock) {
        this.catalog = catalog;
        this.interval = interval;
        this.nanoClock = nanoClock;
    }

    /** Lists again if it is time. */
    void refresh() throws IOException {
        long now = nanoClock.getAsLong();
        if (listedAtNanos != null && now - listedAtNanos < interval.toNanos()) {
            return;
        }
        Map<TopicIncarnation, List<TopicIdPartition>> listed = new LinkedHashMap<>();
        for (String topic : catalog.topics()) {
            for (TopicIncarnation incarnation : catalog.incarnations(topic)) {
                if (!tombstones.contains(incarnation)) {
                    List<TopicIdPartition> numbers = new ArrayList<>();
                    for (int number : catalog.partitions(incarnation)) {
                        numbers.add(incarnation.partition(number));
                    }
                    listed.put(incarnation, numbers);
                }
            }
        }
        partitions = listed;
        listedAtNanos = now;
    }

    /** The incarnations of which there is more than a tombstone, by topic. */
    List<TopicIncarnation> incarnations() {
        return List.copyOf(partitions.keySet());
    }

    /** The partitions of one of them, by number. */
    List<TopicIdPartition> partitions(TopicIncarnation incarnation) {
        return partitions.getOrDefault(incarnation, List.of());
    }

    /** Nothing but metadata is left of it. */
    void bury(TopicIncarnation incarnation) {
        tombstones.add(incarnation);
        partitions.remove(incarnation);
    }
}
