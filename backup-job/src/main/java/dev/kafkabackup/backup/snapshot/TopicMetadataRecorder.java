// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.DeletionProof;
import dev.kafkabackup.backup.discovery.DiscoveredTopics;
import dev.kafkabackup.backup.discovery.TopicDiscovery;
import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what topics are like, one more entry on every change, and that an incarnation is deleted once that is
 * proven. It goes by what the backup says was live before, so a topic that is deleted while no job runs is noticed as
 * well.
 *
 * <p>Used from one thread.
 */
final class TopicMetadataRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(TopicMetadataRecorder.class);

    private final Admin admin;
    private final TopicDiscovery discovery;
    private final TopicFilter filter;
    private final Catalog catalog;
    private final TopicMetadataStore store;
    private final String clusterId;
    private final DeletionProof deletionProof = new DeletionProof();
    private final Map<TopicIncarnation, TopicMetadata> known = new HashMap<>();
    private boolean loaded;

    TopicMetadataRecorder(Admin admin, TopicFilter filter, BackupStorage storage, String clusterId) {
        this.admin = admin;
        this.discovery = new TopicDiscovery(admin, filter);
        this.filter = filter;
        this.catalog = new Catalog(storage);
        this.store = new TopicMetadataStore(storage);
        this.clusterId = clusterId;
    }

    /**
     * One round.
     *
     * @return what Kafka said
     * @throws IOException if the storage failed; what was not written is written in the next round
     * @throws KafkaException if Kafka did not answer
     */
    TopicSnapshot record() throws IOException {
        load();
        List<TopicIncarnation> live = known.values().stream()
                .filter(metadata -> metadata.state() == TopicState.LIVE)
                .map(TopicMetadata::incarnation)
                .toList();
        DiscoveredTopics round = discovery.discover(
                live.stream().map(TopicIncarnation::name).distinct().toList());
        Map<String, Config> configs = configs(round);
        for (TopicDescription topic : round.found()) {
            recordLive(topic, configs);
        }
        for (TopicIncarnation deleted : deletionProof.observe(round, live)) {
            TopicMetadata last = known.get(deleted);
            if (last != null) {
                append(last.deleted(Moment.after(last.observedAt())));
                LOG.warn("Topic {} is deleted in Kafka; its backup is kept", deleted);
            }
        }
        return new TopicSnapshot(round, configs);
    }

    private void load() throws IOException {
        if (loaded) {
            return;
        }
        for (String topic : catalog.topics()) {
            if (filter.matches(topic)) {
                for (TopicIncarnation incarnation : catalog.incarnations(topic)) {
                    store.latest(incarnation).ifPresent(metadata -> known.put(incarnation, metadata));
                }
            }
        }
        loaded = true;
    }

    private void recordLive(TopicDescription topic, Map<String, Config> configs) throws IOException {
        TopicIncarnation incarnation = new TopicIncarnation(topic.name(), topic.topicId());
        TopicMetadata last = known.get(incarnation);
        if (last == null) {
            last = store.latest(incarnation).orElse(null);
        }
        Config config = configs.get(topic.name());
        TopicMetadata now = new TopicMetadata(
                topic.name(),
                topic.topicId(),
                clusterId,
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                config == null ? (last == null ? Map.of() : last.configs()) : nonDefault(config),
                config != null || (last != null && last.configsKnown()),
                TopicState.LIVE,
                last == null ? Instant.now() : Moment.after(last.observedAt()),
                last == null ? null : last.restoredFrom());
        if (last == null || now.differsFrom(last)) {
            // a restore may have written down meanwhile where this incarnation comes from
            append(now.withRestoredFrom(
                    store.latest(incarnation).map(TopicMetadata::restoredFrom).orElse(null)));
            LOG.info("Topic {}: {} partitions, configs {}", incarnation, now.partitions(), now.configs());
        } else {
            known.put(incarnation, last);
        }
    }

    private void append(TopicMetadata metadata) throws IOException {
        store.append(metadata);
        known.put(metadata.incarnation(), metadata);
    }

    /** Configs of the topics that were found; a topic whose configs may not be read is missing. */
    private Map<String, Config> configs(DiscoveredTopics round) {
        List<ConfigResource> resources = round.found().stream()
                .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic.name()))
                .toList();
        Map<String, Config> configs = new HashMap<>();
        if (resources.isEmpty()) {
            return configs;
        }
        for (Map.Entry<ConfigResource, KafkaFuture<Config>> answer :
                admin.describeConfigs(resources).values().entrySet()) {
            try {
                configs.put(answer.getKey().name(), KafkaConnection.await(answer.getValue()));
            } catch (KafkaException e) {
                LOG.warn(
                        "Configs of topic {} are not known: {}", answer.getKey().name(), e.getMessage());
            }
        }
        return configs;
    }

    private static Map<String, String> nonDefault(Config config) {
        Map<String, String> values = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG
                    && !entry.isSensitive()
                    && entry.value() != null) {
                values.put(entry.name(), entry.value());
            }
        }
        return values;
    }
}
