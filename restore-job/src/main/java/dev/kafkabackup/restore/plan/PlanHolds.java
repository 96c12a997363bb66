// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.retention.Hold;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a restore reads from being removed by retention: one hold in each topic. They count only as long as
 * somebody renews them, so that a restore that is dead holds nothing for long.
 */
public final class PlanHolds {

    /** How often {@link #renew} is to be called while the restore runs. */
    public static final Duration RENEWAL_INTERVAL = HoldStore.RENEWAL_INTERVAL;

    private final HoldStore store;
    private final List<Hold> holds;

    /** @param storage where the backup lies; not closed here */
    public PlanHolds(BackupStorage storage, RestorePlan plan, Clock clock) {
        this.store = new HoldStore(storage);
        this.holds = plan.topics().stream()
                .map(topic -> hold(plan.restoreId(), topic, clock.instant()))
                .toList();
    }

    /** A restore has one hold in a topic: of the one incarnation that it reads, or of all. */
    private static Hold hold(String restoreId, TopicPlan topic, Instant now) {
        Hold one = Hold.ofRestore(
                restoreId, topic.topic(), topic.newestIncarnation().id(), now);
        return topic.topicIds().size() == 1
                ? one
                : new Hold(one.id(), one.topic(), null, one.createdAt(), one.reason(), one.restoreId());
    }

    /**
     * Places the holds, or renews them.
     *
     * @throws IOException if some could not be written; the others were
     */
    public void renew() throws IOException {
        @Nullable IOException failed = null;
        for (Hold hold : holds) {
            try {
                store.place(hold);
            } catch (IOException e) {
                failed = ExceptionUtils.firstOrSuppressed(e, failed);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** Takes them away; to be called when nothing is read any more. */
    public void release() throws IOException {
        for (Hold hold : holds) {
            store.release(hold);
        }
    }
}
