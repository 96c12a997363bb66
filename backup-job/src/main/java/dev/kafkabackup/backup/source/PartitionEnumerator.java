// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import dev.kafkabackup.backup.discovery.DeletionProof;
import dev.kafkabackup.backup.discovery.DiscoveredTopics;
import dev.kafkabackup.backup.discovery.TopicFilter;
import dev.kafkabackup.backup.source.PartitionDiscovery.Round;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for partitions at every interval and hands each of them to one subtask, always the same one at a given
 * parallelism. A failed round is repeated at the next interval; one topic that fails does not hide the others.
 *
 * <p>Runs on the coordinator's thread, but for {@link #discover}.
 */
final class PartitionEnumerator implements SplitEnumerator<PartitionSplit, List<PartitionSplit>> {

    private static final Logger LOG = LoggerFactory.getLogger(PartitionEnumerator.class);

    private final SplitEnumeratorContext<PartitionSplit> context;
    private final Supplier<PartitionDiscovery> connect;
    private final TopicFilter filter;
    private final Duration discoveryInterval;
    private final boolean once;

    /** All splits that are being read or wait for their reader, by split id. */
    private final Map<String, PartitionSplit> splits = new LinkedHashMap<>();
    /** Names that the next round asks for, whatever the listing shows; read by the discovering thread. */
    private final Set<String> believed = ConcurrentHashMap.newKeySet();

    private final DeletionProof deletionProof = new DeletionProof();
    private boolean complete;
    private boolean closed;
    private boolean looked;
    private @Nullable PartitionDiscovery discovery;

    /** @param connect called when the enumerator starts; what it gives is closed with the enumerator */
    PartitionEnumerator(
            SplitEnumeratorContext<PartitionSplit> context,
            Supplier<PartitionDiscovery> connect,
            TopicFilter filter,
            Duration discoveryInterval,
            boolean once,
            List<PartitionSplit> boundedSplits) {
        this.context = context;
        this.connect = connect;
        this.filter = filter;
        this.discoveryInterval = discoveryInterval;
        this.once = once;
        boundedSplits.forEach(this::add);
        this.complete = !boundedSplits.isEmpty();
    }

    @Override
    public void start() {
        discovery = connect.get();
        long intervalMs = discoveryInterval.toMillis();
        if (once && !complete) {
            context.callAsync(() -> discover(true), this::onDiscoveredOnce);
        }
        // a bounded reading looks on as well: what is deleted meanwhile would never reach its stop offset
        context.callAsync(() -> discover(false), this::onDiscovered, once ? intervalMs : 0, intervalMs);
    }

    /** Runs on a thread of its own. */
    private Round discover(boolean withStopOffsets) {
        return started(discovery).discover(believed, withStopOffsets);
    }

    private static <T> T started(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException("The enumerator was not started");
        }
        return part;
    }

    private void onDiscoveredOnce(@Nullable Round round, @Nullable Throwable failure) {
        if (round == null) {
            throw new FailedException("The topics cannot be discovered: " + failure, failure);
        }
        Map<String, KafkaException> failures = round.topics().failures();
        if (!failures.isEmpty()) {
            throw new FailedException("Topics cannot be described: " + failures + "; exclude them or grant DESCRIBE");
        }
        for (TopicIdPartition partition : round.topics().partitions()) {
            add(new PartitionSplit(
                    partition, OptionalLong.of(round.stopOffsets().getOrDefault(partition.topicPartition(), 0L))));
        }
        complete = true;
        warnIfNothingMatches();
        LOG.info("Backing up {} partitions up to their last stable offsets", splits.size());
        context.registeredReaders().keySet().forEach(this::assignTo);
    }

    private void onDiscovered(@Nullable Round round, @Nullable Throwable failure) {
        if (closed) {
            return;
        }
        if (round == null) {
            LOG.warn("Topics cannot be discovered, trying again in {}: {}", discoveryInterval, String.valueOf(failure));
            return;
        }
        round.topics().failures().forEach((topic, cause) -> LOG.warn("Topic {} cannot be described: {}", topic, cause));
        endDeleted(round.topics());
        started(discovery).inTurn(round);
        if (!once) {
            addNew(round.topics());
        }
        warnIfNothingMatches();
    }

    /** A typing error in the regular expression must not look like a backup. */
    private void warnIfNothingMatches() {
        if (!looked && splits.isEmpty()) {
            LOG.warn("No topic matches --include '{}' up to now", filter.include());
        }
        looked = true;
    }

    /**
     * A round out of turn, because a reader saw that an incarnation was replaced: the new one may not live until the
     * next turn. It proves no deletion, for which two rounds have to be an interval apart.
     */
    private void onDiscoveredEarly(@Nullable Round round, @Nullable Throwable failure) {
        if (round != null) {
            addNew(round.topics());
        }
    }

    private void addNew(DiscoveredTopics round) {
        Map<Integer, List<PartitionSplit>> added = new HashMap<>();
        for (TopicIdPartition partition : round.partitions()) {
            PartitionSplit split = new PartitionSplit(partition, OptionalLong.empty());
            if (add(split)) {
                LOG.info("New partition {}", partition);
                int owner = owner(split);
                if (context.registeredReaders().containsKey(owner)) {
                    added.computeIfAbsent(owner, any -> new ArrayList<>()).add(split);
                }
            }
        }
        if (!added.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(added));
        }
    }

    /** Whether it was not there before. */
    private boolean add(PartitionSplit split) {
        believed.add(split.partition().topic());
        return splits.putIfAbsent(split.splitId(), split) == null;
    }

    private void endDeleted(DiscoveredTopics round) {
        Set<TopicIncarnation> live = new HashSet<>();
        splits.values().forEach(split -> live.add(TopicIncarnation.of(split.partition())));
        List<TopicIncarnation> deleted = deletionProof.observe(round, live);
        if (deleted.isEmpty()) {
            return;
        }
        LOG.info("Deleted in Kafka: {}", deleted);
        List<String> topicIds =
                deleted.stream().map(incarnation -> incarnation.id().toString()).toList();
        forget(topicIds);
        for (int reader : context.registeredReaders().keySet()) {
            context.sendEventToSourceReader(reader, new IncarnationEnded(topicIds));
        }
    }

    private void forget(List<String> topicIds) {
        started(discovery).ended(topicIds);
        splits.values()
                .removeIf(split -> topicIds.contains(split.partition().topicId().toString()));
        believed.clear();
        splits.values().forEach(split -> believed.add(split.partition().topic()));
    }

    /** A partition stays with its subtask, so that its uploads follow one another. */
    private int owner(PartitionSplit split) {
        TopicIdPartition partition = split.partition();
        return Math.floorMod(partition.topicId().hashCode() + partition.partition(), context.currentParallelism());
    }

    private void assignTo(int reader) {
        List<PartitionSplit> owned =
                splits.values().stream().filter(split -> owner(split) == reader).toList();
        if (!owned.isEmpty()) {
            context.assignSplits(new SplitsAssignment<>(Map.of(reader, owned)));
        }
        if (once && complete) {
            context.signalNoMoreSplits(reader);
        }
    }

    /**
     * A reader starts empty, at first and after every failure; what it had restored is only reported, and not needed.
     */
    @Override
    public void addReader(int reader) {
        if (!once || complete) {
            assignTo(reader);
        }
    }

    /** The reader that had them registers again and is given all that it owns. */
    @Override
    public void addSplitsBack(List<PartitionSplit> returned, int reader) {}

    @Override
    public void handleSplitRequest(int reader, @Nullable String host) {}

    @Override
    public void handleSourceEvent(int reader, SourceEvent event) {
        if (event instanceof IncarnationEnded ended) {
            LOG.info("Topic IDs {} were replaced by other incarnations of their names", ended.topicIds());
            forget(ended.topicIds());
            for (int other : context.registeredReaders().keySet()) {
                if (other != reader) {
                    context.sendEventToSourceReader(other, ended);
                }
            }
            if (!once) {
                context.callAsync(() -> discover(false), this::onDiscoveredEarly);
            }
        }
    }

    @Override
    public List<PartitionSplit> snapshotState(long checkpointId) {
        return once ? List.copyOf(splits.values()) : List.of();
    }

    @Override
    public void close() {
        closed = true;
        if (discovery != null) {
            discovery.close();
        }
    }
}
