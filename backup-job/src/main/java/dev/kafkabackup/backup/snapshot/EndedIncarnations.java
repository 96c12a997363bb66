// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import dev.kafkabackup.backup.discovery.DeletionProof;
import dev.kafkabackup.backup.discovery.DiscoveredTopics;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the metadata of incarnations that were read, but lived too short for the regular snapshots to see them: what
 * discovery was told about them, and later that they are deleted. Incarnations that have metadata already are left to
 * the snapshots.
 *
 * <p>Every method returns at once; the work is done on a thread of its own, and what fails is tried again at the next
 * round. Thread safe.
 */
public final class EndedIncarnations implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EndedIncarnations.class);

    private final BackupStorage storage;
    private final TopicMetadataStore store;
    private final String clusterId;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread started = new Thread(task, "ended-incarnations");
        started.setDaemon(true);
        return started;
    });

    // all of these belong to the thread
    private final DeletionProof deletionProof = new DeletionProof();
    private final Map<TopicIncarnation, TopicMetadata> live = new HashMap<>();
    private final Map<TopicIncarnation, TopicMetadata> unwritten = new HashMap<>();
    /** Those that have no metadata but what was written here. */
    private final Set<TopicIncarnation> own = new HashSet<>();

    private final Map<TopicIncarnation, TopicMetadata> unproven = new HashMap<>();
    private final Set<TopicIncarnation> deleted = new HashSet<>();

    /**
     * @param storage where the backup lies; closed with this object
     * @param clusterId of the cluster that is backed up
     */
    public EndedIncarnations(BackupStorage storage, String clusterId) {
        this.storage = storage;
        this.store = new TopicMetadataStore(storage);
        this.clusterId = clusterId;
    }

    /** Takes in what discovery saw, at any time. */
    public void remember(DiscoveredTopics seen) {
        Instant now = Instant.now();
        execute(() -> {
            for (TopicDescription topic : seen.found()) {
                TopicIncarnation incarnation = new TopicIncarnation(topic.name(), topic.topicId());
                live.put(incarnation, metadata(topic, now));
                unwritten.remove(incarnation);
                unproven.remove(incarnation);
            }
        });
    }

    /** Takes in the next round of discovery, an interval after the one before it. */
    public void observe(DiscoveredTopics round) {
        execute(() -> {
            deleted.addAll(deletionProof.observe(round, unproven.keySet()));
            write();
        });
    }

    /** Takes in that these incarnations are not read any more, because they are gone. */
    public void ended(Collection<String> topicIds) {
        Set<String> ids = Set.copyOf(topicIds);
        execute(() -> {
            live.entrySet().removeIf(entry -> {
                boolean ended = ids.contains(entry.getKey().id().toString());
                if (ended) {
                    unwritten.put(entry.getKey(), entry.getValue());
                }
                return ended;
            });
            write();
        });
    }

    private TopicMetadata metadata(TopicDescription topic, Instant now) {
        return new TopicMetadata(
                topic.name(),
                topic.topicId(),
                clusterId,
                topic.partitions().size(),
                topic.partitions().get(0).replicas().size(),
                Map.of(),
                false,
                TopicState.LIVE,
                now,
                null);
    }

    private void write() {
        try {
            for (TopicMetadata metadata : List.copyOf(unwritten.values())) {
                TopicIncarnation incarnation = metadata.incarnation();
                if (store.latest(incarnation).isEmpty()) {
                    store.append(metadata);
                    own.add(incarnation);
                    LOG.info(
                            "Topic {} was gone before its configs were recorded: {} partitions",
                            incarnation,
                            metadata.partitions());
                }
                if (own.contains(incarnation)) {
                    unproven.put(incarnation, metadata);
                }
                unwritten.remove(incarnation);
            }
            for (TopicIncarnation incarnation : Set.copyOf(deleted)) {
                TopicMetadata last = unproven.get(incarnation);
                if (last != null) {
                    store.append(last.deleted(Moment.after(last.observedAt())));
                    LOG.warn("Topic {} is deleted in Kafka; its backup is kept", incarnation);
                    unproven.remove(incarnation);
                    own.remove(incarnation);
                }
                deleted.remove(incarnation);
            }
        } catch (IOException | RuntimeException e) {
            if (!thread.isShutdown()) {
                LOG.warn("Metadata of ended topics is not written yet, trying again soon: {}", e.toString());
            }
        }
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("Closed already", e);
        }
    }

    /** Gives up what is not written. */
    @Override
    public void close() {
        thread.shutdownNow();
        storage.close();
    }
}
