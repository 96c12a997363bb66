// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.Metadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topic IDs in a consumer's own metadata, and every change of them. Fetch requests from version 13 on carry exactly
 * these IDs (KIP-516), so while the ID of a topic stays the same, what the consumer fetches belongs to that
 * incarnation.
 *
 * <p>The consumer has no public way to ask for this; it is read from a private field of the pinned client version. A
 * listener of the metadata sees every single update, also an ID that is replaced and comes back between two polls.
 *
 * <p>Not thread safe: the consumer updates its metadata on the thread that polls it.
 */
public final class ConsumerTopicIds {

    private static final Logger LOG = LoggerFactory.getLogger(ConsumerTopicIds.class);

    private final Metadata metadata;
    private final Map<String, Uuid> watched = new HashMap<>();
    private final Set<String> changed = new HashSet<>();

    private ConsumerTopicIds(Metadata metadata) {
        this.metadata = metadata;
        metadata.addClusterUpdateListener(new Listener());
    }

    /**
     * Looks into a consumer.
     *
     * @throws IllegalStateException if the client's internals are not those of the pinned version
     */
    public static ConsumerTopicIds of(KafkaConsumer<?, ?> consumer) {
        try {
            Object delegate = field(KafkaConsumer.class, consumer, "delegate");
            return new ConsumerTopicIds((Metadata) field(delegate.getClass(), delegate, "metadata"));
        } catch (ReflectiveOperationException | ClassCastException e) {
            throw new IllegalStateException(
                    "This version of kafka-clients keeps topic IDs elsewhere: use the version that the backup was built with",
                    e);
        }
    }

    private static Object field(Class<?> type, Object owner, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return Objects.requireNonNull(field.get(owner), name);
    }

    /** The ID that the consumer has for a topic now; empty while it has none. */
    public Optional<Uuid> current(String topic) {
        return Optional.ofNullable(metadata.topicIds().get(topic)).filter(id -> !Uuid.ZERO_UUID.equals(id));
    }

    /** From now on every change of this topic's ID is noted. */
    public void watch(String topic) {
        watched.putIfAbsent(topic, current(topic).orElse(Uuid.ZERO_UUID));
    }

    /** Topics being watched whose ID was another one at any moment since the last call, if only for a while. */
    public Set<String> takeChanged() {
        note(metadata.topicIds());
        Set<String> taken = Set.copyOf(changed);
        changed.clear();
        return taken;
    }

    private void note(Map<String, Uuid> ids) {
        for (Map.Entry<String, Uuid> topic : watched.entrySet()) {
            Uuid id = ids.getOrDefault(topic.getKey(), Uuid.ZERO_UUID);
            if (!id.equals(topic.getValue())) {
                if (!Uuid.ZERO_UUID.equals(topic.getValue())) {
                    LOG.info("Topic {} had the ID {}, now it has {}", topic.getKey(), topic.getValue(), name(id));
                }
                changed.add(topic.getKey());
                topic.setValue(id);
            }
        }
    }

    private static String name(Uuid id) {
        return Uuid.ZERO_UUID.equals(id) ? "none" : id.toString();
    }

    /** Called by the metadata at every update, after the new IDs are in place. */
    private final class Listener implements ClusterResourceListener {

        @Override
        public void onUpdate(@Nullable ClusterResource clusterResource) {
            note(metadata.topicIds());
        }
    }
}
