// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;

/**
 * Whether the targets are still the topics that were restored into. Producers, committed offsets and offset maps go by
 * names, and a broker may create a topic again for whoever asks for it: what was restored is gone then.
 */
public final class RestoredTargets {

    /** A broker that has just started may not know a topic yet, and whoever believes it gives a restore up. */
    private static final int LOOKS = 3;

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(500);

    private final Admin admin;

    /** @param admin for the target cluster; not closed here */
    public RestoredTargets(Admin admin) {
        this.admin = admin;
    }

    /**
     * Looks which targets are gone, and does not believe it at the first look.
     *
     * @param plan as it was prepared
     * @return by the target's name what became of it, to be put behind "was"; none if all are still there
     * @throws FailedException if one cannot be looked at
     */
    public Map<String, String> gone(RestorePlan plan) {
        Map<String, String> gone = look(plan);
        for (int looks = 1; looks < LOOKS && !gone.isEmpty(); looks++) {
            pause();
            gone = look(plan);
        }
        return gone;
    }

    private Map<String, String> look(RestorePlan plan) {
        Map<String, String> gone = new TreeMap<>();
        Map<String, TopicAnswer> answers = TopicLookup.describe(
                admin, plan.topics().stream().map(TopicPlan::target).toList());
        for (TopicPlan topic : plan.topics()) {
            TopicAnswer answer = answers.get(topic.target());
            if (answer instanceof TopicAnswer.Failed failed) {
                throw new FailedException(
                        "Topic %s of the target cannot be looked at: %s"
                                .formatted(topic.target(), failed.cause().getMessage()),
                        failed.cause());
            }
            if (!(answer instanceof TopicAnswer.Found found)) {
                gone.put(topic.target(), "deleted since");
            } else if (!found.description().topicId().equals(topic.targetId())) {
                gone.put(
                        topic.target(),
                        "deleted and created again since (now it is %s)"
                                .formatted(found.description().topicId()));
            }
        }
        return gone;
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN_LOOKS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FailedException("Interrupted while the targets were looked at", e);
        }
    }

    /**
     * Makes sure that all are still there.
     *
     * @throws RefusedException if one was deleted, or deleted and created again
     * @throws FailedException if one cannot be looked at
     */
    public void require(RestorePlan plan) {
        Map<String, String> gone = gone(plan);
        for (TopicPlan topic : plan.topics()) {
            String what = gone.get(topic.target());
            if (what != null) {
                throw new RefusedException(
                        "Restore %s went to topic %s (%s), which was %s: nothing is left to go on with, restore again with another --restore-id"
                                .formatted(plan.restoreId(), topic.target(), topic.targetId(), what));
            }
        }
    }
}
