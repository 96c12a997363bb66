// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** Compares a restored partition, record by record and in order, with what was produced to it. */
final class Comparison {

    private final TopicIdPartition source;
    private final OffsetMap map;
    private final Iterator<DemoRecord> expected;
    private final int produced;
    private long same;
    private @Nullable String difference;

    private Comparison(TopicIdPartition source, OffsetMap map, SortedMap<Long, DemoRecord> produced) {
        this.source = source;
        this.map = map;
        this.expected = produced.values().iterator();
        this.produced = produced.size();
    }

    /**
     * The outcome for one partition.
     *
     * @param produced number of committed records
     * @param same number of restored records that are the same in content and place
     * @param difference the first difference; null if there is none
     */
    record Outcome(
            int partition,
            long produced,
            long same,
            @Nullable String difference) {

        boolean isEqual() {
            return difference == null && produced == same;
        }
    }

    static Outcome compare(
            DemoCluster cluster,
            TopicIncarnation incarnation,
            int partition,
            SortedMap<Long, DemoRecord> produced,
            OffsetMap map) {
        Comparison comparison = new Comparison(incarnation.partition(partition), map, produced);
        cluster.readAll(partition, comparison::next);
        return comparison.outcome();
    }

    private void next(ConsumerRecord<byte[], byte[]> restored) {
        if (!expected.hasNext()) {
            differs("offset %d holds a record that nobody produced".formatted(restored.offset()));
            return;
        }
        DemoRecord record = expected.next();
        OptionalLong mapped = map.target(source, record.offset());
        if (!record.isSameAs(restored)) {
            differs("offset %d is not the record of source offset %d".formatted(restored.offset(), record.offset()));
        } else if (mapped.isEmpty() || mapped.getAsLong() != restored.offset()) {
            differs("source offset %d is at %d, but the offset map says %s"
                    .formatted(record.offset(), restored.offset(), mapped));
        } else {
            same++;
        }
    }

    private void differs(String what) {
        if (difference == null) {
            difference = what;
        }
    }

    private Outcome outcome() {
        if (expected.hasNext()) {
            differs("the record of source offset %d is missing"
                    .formatted(expected.next().offset()));
        }
        return new Outcome(source.partition(), produced, same, difference);
    }
}
