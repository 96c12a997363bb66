// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.kafka.KafkaConnection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;

/**
 * What a broker deletes of a topic under a configuration, at most: it deletes whole log segments, and only those that
 * are past the limit with every record.
 */
final class Deletions {

    /** The first of them that is set counts. */
    private static final Map<String, TimeUnit> BROKERS_RETENTION = new LinkedHashMap<>();

    static {
        BROKERS_RETENTION.put("log.retention.ms", TimeUnit.MILLISECONDS);
        BROKERS_RETENTION.put("log.retention.minutes", TimeUnit.MINUTES);
        BROKERS_RETENTION.put("log.retention.hours", TimeUnit.HOURS);
    }

    private final Admin admin;
    private final Instant now;

    Deletions(Admin admin, Instant now) {
        this.admin = admin;
        this.now = now;
    }

    /** A line for each reason; none if nothing is deleted. */
    List<String> under(Map<String, String> configs, TopicDescription topic) {
        List<String> policy =
                Arrays.asList(configs.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_DELETE)
                        .split(" *, *", -1));
        List<String> lines = new ArrayList<>();
        if (policy.contains(TopicConfig.CLEANUP_POLICY_DELETE)) {
            try {
                byTime(retentionMs(configs, topic), topic, lines);
            } catch (AuthorizationException e) {
                lines.add(
                        "records older than the cluster's default for retention.ms; how long that is needs DESCRIBE_CONFIGS on the cluster");
            }
            bySize(limit(configs, TopicConfig.RETENTION_BYTES_CONFIG), topic, lines);
        }
        if (policy.contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            lines.add("all records but the last one of each key (cleanup.policy=%s)"
                    .formatted(configs.get(TopicConfig.CLEANUP_POLICY_CONFIG)));
        }
        return lines;
    }

    private static long limit(Map<String, String> configs, String name) {
        return Long.parseLong(configs.getOrDefault(name, "-1"));
    }

    /** Kafka does not tell a topic's default where the brokers have it in minutes or hours, as they do by default. */
    private long retentionMs(Map<String, String> configs, TopicDescription topic) {
        String known = configs.get(TopicConfig.RETENTION_MS_CONFIG);
        return known == null ? brokersRetentionMs(topic.partitions().get(0).leader()) : Long.parseLong(known);
    }

    private long brokersRetentionMs(Node broker) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, broker.idString());
        Config config = requireNonNull(
                KafkaConnection.await(admin.describeConfigs(List.of(resource)).all())
                        .get(resource));
        for (Map.Entry<String, TimeUnit> setting : BROKERS_RETENTION.entrySet()) {
            ConfigEntry entry = config.get(setting.getKey());
            if (entry != null && entry.value() != null) {
                long value = Long.parseLong(entry.value());
                return value < 0 ? value : setting.getValue().toMillis(value);
            }
        }
        return -1;
    }

    private void byTime(long retentionMs, TopicDescription topic, List<String> lines) {
        if (retentionMs < 0) {
            return;
        }
        long oldestKept = now.toEpochMilli() - retentionMs;
        Map<TopicPartition, Long> starts = offsets(topic, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(topic, OffsetSpec.latest());
        Map<TopicPartition, Long> kept = offsets(topic, OffsetSpec.forTimestamp(oldestKept));
        Map<Integer, String> ranges = new TreeMap<>();
        starts.forEach((partition, start) -> {
            long firstKept = kept.getOrDefault(partition, -1L);
            // -1: no record is that young
            long end = firstKept < 0 ? ends.getOrDefault(partition, start) : firstKept;
            if (end > start) {
                ranges.put(partition.partition(), "%d: %d to %d".formatted(partition.partition(), start, end - 1));
            }
        });
        if (!ranges.isEmpty()) {
            lines.add("records older than %s (retention.ms=%d), at most these offsets of partitions: %s"
                    .formatted(Instant.ofEpochMilli(oldestKept), retentionMs, String.join(", ", ranges.values())));
        }
    }

    private Map<TopicPartition, Long> offsets(TopicDescription topic, OffsetSpec which) {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        topic.partitions().forEach(info -> question.put(new TopicPartition(topic.name(), info.partition()), which));
        Map<TopicPartition, ListOffsetsResultInfo> answers =
                KafkaConnection.await(admin.listOffsets(question).all());
        Map<TopicPartition, Long> offsets = new HashMap<>();
        answers.forEach((partition, info) -> offsets.put(partition, info.offset()));
        return offsets;
    }

    private void bySize(long retentionBytes, TopicDescription topic, List<String> lines) {
        if (retentionBytes < 0) {
            return;
        }
        try {
            Map<Integer, Long> sizes = sizes(topic);
            sizes.values().removeIf(size -> size <= retentionBytes);
            if (!sizes.isEmpty()) {
                lines.add("the oldest records of partitions that have more than %d bytes (retention.bytes): %s"
                        .formatted(
                                retentionBytes,
                                sizes.entrySet().stream()
                                        .map(size -> "%d has %d".formatted(size.getKey(), size.getValue()))
                                        .collect(Collectors.joining(", "))));
            }
        } catch (AuthorizationException e) {
            lines.add(
                    "the oldest records of partitions that have more than %d bytes (retention.bytes); how large they are needs DESCRIBE on the cluster"
                            .formatted(retentionBytes));
        }
    }

    /** Size of the largest replica of each partition, in bytes. */
    private Map<Integer, Long> sizes(TopicDescription topic) {
        Set<Integer> brokers = topic.partitions().stream()
                .flatMap(info -> info.replicas().stream())
                .map(Node::id)
                .collect(Collectors.toSet());
        Map<Integer, Long> sizes = new TreeMap<>();
        KafkaConnection.await(admin.describeLogDirs(brokers).allDescriptions())
                .values()
                .forEach(folders -> folders.values()
                        .forEach(folder -> folder.replicaInfos().forEach((partition, replica) -> {
                            if (partition.topic().equals(topic.name())) {
                                sizes.merge(partition.partition(), replica.size(), Math::max);
                            }
                        })));
        return sizes;
    }
}
