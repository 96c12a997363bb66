// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance.watch;

import dev.kafkabackup.retention.PartitionRetention;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.retention.Sighting;
import dev.kafkabackup.retention.Sightings;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Remembers what was seen of Kafka's retention, in memory and with the backup. What says that something is to be kept
 * longer is written down at once, everything else from time to time: whoever knows less deletes later.
 *
 * <p>Used from one thread.
 */
public final class RetentionWatch {

    private static final Duration LONGEST_UNWRITTEN = Duration.ofHours(1);

    private final RetentionStore store;
    private final Duration retentionGrace;
    private final Duration deletedTopicGrace;
    private final Map<TopicIncarnation, Known> known = new HashMap<>();

    /**
     * @param retentionGrace for how long log start offsets matter
     * @param deletedTopicGrace for how long deletions matter
     */
    public RetentionWatch(RetentionStore store, Duration retentionGrace, Duration deletedTopicGrace) {
        this.store = store;
        this.retentionGrace = retentionGrace;
        this.deletedTopicGrace = deletedTopicGrace;
    }

    private record Known(RetentionState state, boolean deletionConfirmed, List<String> objects, Instant writtenAt) {

        Known withState(RetentionState changed) {
            return new Known(changed, deletionConfirmed, objects, writtenAt);
        }
    }

    /** Takes in one look, without writing anything. */
    public void take(TopicIncarnation incarnation, Seen seen, Instant now) throws IOException {
        Known before = known(incarnation);
        known.put(incarnation, before.withState(after(before.state(), seen, now)));
    }

    /** Writes down what is known if it says that something is to be kept longer, or was not written for a while. */
    public void write(TopicIncarnation incarnation, Seen seen, Instant now) throws IOException {
        Known before = known(incarnation);
        RetentionState state = after(before.state(), seen, now);
        if (state.equals(before.state())) {
            return;
        }
        Duration unwritten = Duration.between(before.writtenAt(), now);
        if (keepsMore(before.state(), state) || unwritten.compareTo(writeInterval()) >= 0 || unwritten.isNegative()) {
            write(incarnation, state, before, now);
        } else {
            known.put(incarnation, before.withState(state));
        }
    }

    private Duration writeInterval() {
        Duration part = shortestGrace().dividedBy(24);
        return part.compareTo(LONGEST_UNWRITTEN) <= 0 ? part : LONGEST_UNWRITTEN;
    }

    /** Of the two; one of zero stands for "never" or "at once", and has no use for what is written. */
    private Duration shortestGrace() {
        if (retentionGrace.isZero() || deletedTopicGrace.isZero()) {
            return retentionGrace.plus(deletedTopicGrace);
        }
        return retentionGrace.compareTo(deletedTopicGrace) <= 0 ? retentionGrace : deletedTopicGrace;
    }

    private RetentionState after(RetentionState before, Seen seen, Instant now) {
        if (seen instanceof Seen.There there) {
            RetentionState state = before;
            for (Map.Entry<Integer, Long> partition : there.logStartOffsets().entrySet()) {
                PartitionRetention retention = state.partition(partition.getKey());
                Sightings offsets = retention
                        .logStartOffsets()
                        .with(now, partition.getValue())
                        .thinned(retentionGrace);
                state = state.with(partition.getKey(), retention.withLogStartOffsets(offsets));
            }
            // most are never gone, and need no sighting of that
            return isGone(state) ? state.withGone(gone(state, now, RetentionState.THERE)) : state;
        }
        return seen instanceof Seen.Gone ? before.withGone(gone(before, now, RetentionState.GONE)) : before;
    }

    private Sightings gone(RetentionState state, Instant now, long value) {
        return state.gone().with(now, value).thinned(deletedTopicGrace);
    }

    private static boolean isGone(RetentionState state) {
        return state.gone()
                .last()
                .filter(sighting -> sighting.value() == RetentionState.GONE)
                .isPresent();
    }

    private static boolean keepsMore(RetentionState before, RetentionState after) {
        boolean lower = after.partitions().entrySet().stream()
                .anyMatch(partition -> last(partition.getValue().logStartOffsets())
                        < last(before.partition(partition.getKey()).logStartOffsets()));
        return lower || isGone(before) != isGone(after);
    }

    private static long last(Sightings sightings) {
        return sightings.last().map(Sighting::value).orElse(-1L);
    }

    /** What is known of an incarnation. */
    public RetentionState state(TopicIncarnation incarnation) throws IOException {
        return known(incarnation).state();
    }

    /** Whether an operator has confirmed that it was deleted on purpose. */
    public boolean isDeletionConfirmed(TopicIncarnation incarnation) throws IOException {
        return known(incarnation).deletionConfirmed();
    }

    /** Reads once more what others know, which is to be done before anything is deleted. */
    public void refresh(TopicIncarnation incarnation) throws IOException {
        Known before = known(incarnation);
        RetentionStore.Stored stored = store.read(incarnation);
        known.put(
                incarnation,
                new Known(
                        before.state().with(stored.state()),
                        stored.deletionConfirmed(),
                        stored.objects(),
                        before.writtenAt()));
    }

    /** Writes down, before it happens, that segments below this offset are removed because they are expired. */
    public void expire(TopicIncarnation incarnation, int partition, long offset, Instant now) throws IOException {
        Known before = known(incarnation);
        PartitionRetention retention = before.state().partition(partition);
        if (retention.expiredUpTo() < offset) {
            write(incarnation, before.state().with(partition, retention.withExpiredUpTo(offset)), before, now);
        }
    }

    /** Takes away what is written about an incarnation of which nothing is left. */
    public void forget(TopicIncarnation incarnation) throws IOException {
        store.remove(incarnation);
        known.remove(incarnation);
    }

    private void write(TopicIncarnation incarnation, RetentionState state, Known before, Instant now)
            throws IOException {
        String object = store.write(incarnation, state, before.objects());
        known.put(incarnation, new Known(state, before.deletionConfirmed(), List.of(object), now));
    }

    private Known known(TopicIncarnation incarnation) throws IOException {
        Known cached = known.get(incarnation);
        if (cached == null) {
            RetentionStore.Stored stored = store.read(incarnation);
            cached = new Known(stored.state(), stored.deletionConfirmed(), stored.objects(), Instant.EPOCH);
            known.put(incarnation, cached);
        }
        return cached;
    }
}
