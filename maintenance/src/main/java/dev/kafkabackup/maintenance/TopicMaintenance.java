// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.maintenance.watch.RetentionWatch;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.RetentionState;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** Removes a deleted incarnation, all of it but its metadata, when its grace has ended. Used from one thread. */
final class TopicMaintenance {

    private final Catalog catalog;
    private final Inventory inventory;
    private final RetentionWatch watch;
    private final DeletedTopics deleted;
    private final @Nullable Duration grace;
    private final boolean dryRun;

    /** @param grace how long a deleted topic stays; null for ever */
    TopicMaintenance(
            Catalog catalog,
            Inventory inventory,
            RetentionWatch watch,
            DeletedTopics deleted,
            @Nullable Duration grace,
            boolean dryRun) {
        this.catalog = catalog;
        this.inventory = inventory;
        this.watch = watch;
        this.deleted = deleted;
        this.grace = grace;
        this.dryRun = dryRun;
    }

    /**
     * Removes the incarnation if its time has come.
     *
     * @return whether it is gone now
     */
    boolean removeIfDue(TopicIncarnation topic, Cycle cycle) throws IOException {
        if (grace == null) {
            return false;
        }
        if (!deleted.contains(topic)) {
            if (dryRun && cycle.seen(topic) instanceof Seen.NotTold notTold) {
                showKept(topic, grace, notTold, cycle);
            }
            return false;
        }
        boolean due = left(topic, grace).isZero();
        if (!due && !dryRun) {
            return false;
        }
        if (due && !dryRun) {
            watch.refresh(topic);
            due = left(topic, grace).isZero() && deleted.provenAt(topic).isPresent();
        }
        boolean confirmed = !cycle.isToBeConfirmed(topic) || watch.isDeletionConfirmed(topic);
        boolean all = true;
        for (Removal removal : removals(topic, grace, cycle)) {
            Removal checked = check(removal, due, confirmed, cycle);
            cycle.add(checked);
            if (checked.obstacle() == null) {
                cycle.remover().remove(checked);
            } else {
                all = false;
            }
        }
        if (all && due && !dryRun) {
            watch.forget(topic);
            inventory.bury(topic);
        }
        return all && due;
    }

    /** What would go of a topic whose deletion was proven, if Kafka said now that it is still gone. */
    private void showKept(TopicIncarnation topic, Duration whole, Seen.NotTold notTold, Cycle cycle)
            throws IOException {
        if (deleted.provenAt(topic).isPresent()) {
            boolean due = left(topic, whole).isZero();
            for (Removal removal : removals(topic, whole, cycle)) {
                cycle.add((due ? removal : removal.heldBy(Obstacle.GRACE, "")).notTold(notTold.why()));
            }
        }
    }

    private List<Removal> removals(TopicIncarnation topic, Duration whole, Cycle cycle) throws IOException {
        Instant dueAt = cycle.clock().now().plus(left(topic, whole));
        List<Removal> removals = new ArrayList<>();
        for (TopicIdPartition partition : inventory.partitions(topic)) {
            new PartitionVisit(catalog.segments(partition), cycle.clock().now())
                    .all(dueAt)
                    .ifPresent(removals::add);
        }
        return removals;
    }

    private Removal check(Removal removal, boolean due, boolean confirmed, Cycle cycle) throws IOException {
        if (!due) {
            return removal.heldBy(Obstacle.GRACE, "the topic was deleted, its grace ends at " + removal.dueAt());
        }
        if (!confirmed) {
            return removal.heldBy(
                    Obstacle.MANY_TOPICS_GONE,
                    "it vanished together with many other topics: if that was on purpose, run confirm-deletions");
        }
        return cycle.remover().checked(removal);
    }

    /** How much of the grace is left. */
    private Duration left(TopicIncarnation topic, Duration whole) throws IOException {
        Duration watched = watch.state(topic).gone().watchedAtLeast(RetentionState.GONE);
        return watched.compareTo(whole) >= 0 ? Duration.ZERO : whole.minus(watched);
    }

    /** Takes in and writes down what Kafka said about the incarnation. */
    void observe(TopicIncarnation topic, Cycle cycle) throws IOException {
        Seen seen = cycle.seen(topic);
        if (seen instanceof Seen.NotTold || cycle.clock().doubt().isPresent()) {
            return;
        }
        if (dryRun) {
            watch.take(topic, seen, cycle.clock().now());
        } else {
            watch.write(topic, seen, cycle.clock().now());
        }
    }
}
