// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.watch;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.topic.TopicIncarnation;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Asks Kafka which incarnations it has, and where their logs start. Offsets are asked for by name, so they count only
 * if the name had the same topic ID, in the same cluster, both before and after.
 *
 * <p>Used from one thread.
 */
public final class KafkaLook {

    private final KafkaConnection kafka;
    private final Admin admin;
    private final String clusterId;

    /**
     * @param admin not closed here
     * @param clusterId of the cluster that the root belongs to
     */
    public KafkaLook(KafkaConnection kafka, Admin admin, String clusterId) {
        this.kafka = kafka;
        this.admin = admin;
        this.clusterId = clusterId;
    }

    /**
     * An answer for each incarnation; if Kafka does not answer at all, or is another cluster, that says so for each.
     */
    public Map<TopicIncarnation, Seen> look(Collection<TopicIncarnation> incarnations) {
        if (incarnations.isEmpty()) {
            return Map.of();
        }
        try {
            requireSameCluster();
            Map<TopicIncarnation, Seen> seen = lookAt(incarnations);
            requireSameCluster();
            return seen;
        } catch (FailedException | KafkaException e) {
            Seen notTold = new Seen.NotTold(String.valueOf(e.getMessage()));
            return incarnations.stream().collect(Collectors.toMap(incarnation -> incarnation, any -> notTold));
        }
    }

    private void requireSameCluster() {
        String answered = kafka.clusterId(admin);
        if (!answered.equals(clusterId)) {
            throw new FailedException("%s is cluster %s now, but the backup belongs to cluster %s"
                    .formatted(kafka.bootstrapServers(), answered, clusterId));
        }
    }

    private Map<TopicIncarnation, Seen> lookAt(Collection<TopicIncarnation> incarnations) {
        Set<String> names = incarnations.stream().map(TopicIncarnation::name).collect(Collectors.toSet());
        Map<String, TopicAnswer> before = TopicLookup.describe(admin, names);
        LogStarts logStarts = logStarts(before);
        Map<String, TopicAnswer> after = TopicLookup.describe(admin, names);

        Map<TopicIncarnation, Seen> seen = new LinkedHashMap<>();
        for (TopicIncarnation incarnation : incarnations) {
            seen.put(
                    incarnation,
                    seen(
                            incarnation,
                            requireNonNull(before.get(incarnation.name())),
                            requireNonNull(after.get(incarnation.name())),
                            logStarts));
        }
        return seen;
    }

    private static Seen seen(TopicIncarnation incarnation, TopicAnswer before, TopicAnswer after, LogStarts logStarts) {
        if (before instanceof TopicAnswer.Failed failed) {
            return new Seen.NotTold(String.valueOf(failed.cause().getMessage()));
        }
        if (after instanceof TopicAnswer.Failed failed) {
            return new Seen.NotTold(String.valueOf(failed.cause().getMessage()));
        }
        boolean thereBefore = isThere(incarnation, before);
        boolean thereAfter = isThere(incarnation, after);
        if (thereBefore != thereAfter) {
            return new Seen.NotTold("the topic was deleted or created just now");
        }
        if (!thereAfter || !(after instanceof TopicAnswer.Found found)) {
            return new Seen.Gone();
        }
        Map<Integer, Long> offsets = new TreeMap<>();
        Map<Integer, String> silent = new TreeMap<>();
        for (TopicPartitionInfo info : found.description().partitions()) {
            TopicPartition partition = new TopicPartition(incarnation.name(), info.partition());
            Long offset = logStarts.offsets().get(partition);
            String reason = logStarts.silent().get(partition);
            if (offset != null) {
                offsets.put(info.partition(), offset);
            } else if (reason != null) {
                silent.put(info.partition(), reason);
            }
        }
        return new Seen.There(offsets, silent);
    }

    private static boolean isThere(TopicIncarnation incarnation, TopicAnswer answer) {
        return answer instanceof TopicAnswer.Found found
                && found.description().topicId().equals(incarnation.id());
    }

    /**
     * Where logs start.
     *
     * @param offsets of the partitions that were told
     * @param silent why others were not told: no leader, or no rights
     */
    private record LogStarts(Map<TopicPartition, Long> offsets, Map<TopicPartition, String> silent) {}

    private LogStarts logStarts(Map<String, TopicAnswer> topics) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        topics.forEach((name, answer) -> {
            if (answer instanceof TopicAnswer.Found found) {
                for (TopicPartitionInfo partition : found.description().partitions()) {
                    wanted.put(new TopicPartition(name, partition.partition()), OffsetSpec.earliest());
                }
            }
        });
        LogStarts logStarts = new LogStarts(new HashMap<>(), new HashMap<>());
        if (wanted.isEmpty()) {
            return logStarts;
        }
        ListOffsetsResult answers = admin.listOffsets(wanted);
        for (TopicPartition partition : wanted.keySet()) {
            try {
                logStarts
                        .offsets()
                        .put(
                                partition,
                                KafkaConnection.await(answers.partitionResult(partition))
                                        .offset());
            } catch (TimeoutException e) {
                // the client's message has the time in it, and would be another one in each cycle
                logStarts.silent().put(partition, "its leader did not answer");
            } catch (KafkaException e) {
                logStarts.silent().put(partition, String.valueOf(e.getMessage()));
            }
        }
        return logStarts;
    }
}
