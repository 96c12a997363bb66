// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Makes a backup whole again, as far as that is possible: segments that lie in a wrong place go where they belong, what
 * is missing or damaged is read from Kafka again and published, and only then damaged objects are removed, where
 * nothing depends on them any more. May be killed at any moment and run again.
 *
 * <p>Used from one thread.
 */
public final class Healing {

    private final HealingOutcome outcome = new HealingOutcome();
    private final MisplacedSegments misplaced;
    private final PartitionHealing partitions;
    private final MetadataHealing metadata;
    private final GroupHealing groups;

    /**
     * @param storage not closed here
     * @param clusterId that the backup belongs to
     * @param live the cluster itself; not closed here
     * @param ownGroup the backup's own consumer group, of which no snapshots are taken
     */
    public Healing(BackupStorage storage, String clusterId, LiveTopics live, String ownGroup) {
        this.misplaced = new MisplacedSegments(storage, clusterId, outcome);
        this.partitions = new PartitionHealing(storage, clusterId, live, outcome);
        this.metadata = new MetadataHealing(storage, clusterId, live, outcome);
        this.groups = new GroupHealing(storage, live, ownGroup, outcome);
    }

    /** What was done, one line each. */
    public List<String> done() {
        return outcome.done();
    }

    /** What could not be healed and why, one line each. */
    public List<String> left() {
        return outcome.left();
    }

    /** Heals everything of which something is wrong. */
    public void heal(BackupVerification.Result found) throws IOException {
        List<PartitionResult> wrong =
                found.partitions().stream().filter(PartitionResult::isWrong).toList();
        Set<String> broughtHome = misplaced.bringHome(wrong);
        partitions.heal(wrong, broughtHome);
        metadata.heal(found.others());
        groups.heal(found.others());
    }
}
