// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.backup.discovery.DiscoveredTopics;
import dev.kafkabackup.backup.discovery.TopicDiscovery;
import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.backup.snapshot.EndedIncarnations;
import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/** Looks for partitions, and remembers what it saw of incarnations until they have ended. Waits for Kafka's answers. */
final class PartitionDiscovery implements AutoCloseable {

    private final Admin admin;
    private final TopicDiscovery topics;
    private final EndedIncarnations ended;

    /** @param ended told what there is and what is gone; closed with this object */
    PartitionDiscovery(KafkaConnection kafka, TopicFilter filter, EndedIncarnations ended) {
        this.admin = kafka.admin("kafka-backup-discovery");
        this.topics = new TopicDiscovery(admin, filter);
        this.ended = ended;
    }

    /**
     * What one look found.
     *
     * @param stopOffsets last stable offsets, only if they were asked for
     */
    record Round(DiscoveredTopics topics, Map<TopicPartition, Long> stopOffsets) {}

    /**
     * Has a look.
     *
     * @param believed names to ask for, whatever the listing shows
     * @throws KafkaException if Kafka did not answer
     */
    Round discover(Collection<String> believed, boolean withStopOffsets) {
        DiscoveredTopics found = topics.discover(believed);
        ended.remember(found);
        return new Round(found, withStopOffsets ? lastStableOffsets(found) : Map.of());
    }

    private Map<TopicPartition, Long> lastStableOffsets(DiscoveredTopics found) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        found.partitions().forEach(partition -> wanted.put(partition.topicPartition(), OffsetSpec.latest()));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        ListOffsetsResult answers = admin.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
        for (TopicPartition partition : wanted.keySet()) {
            offsets.put(
                    partition,
                    KafkaConnection.await(answers.partitionResult(partition)).offset());
        }
        return offsets;
    }

    /** This was a look in turn, an interval after the one before it; returns at once. */
    void inTurn(Round round) {
        ended.observe(round.topics());
    }

    /** These incarnations are gone; returns at once. */
    void ended(Collection<String> topicIds) {
        ended.ended(topicIds);
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        ended.close();
    }
}
