// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import dev.kafkabackup.restore.plan.Damage;
import org.apache.kafka.common.TopicIdPartition;

/** Is told what else was met while the selected records of a partition were read. Called on the reading thread. */
@FunctionalInterface
interface ReadingObserver {

    /** Somebody who does not care. */
    ReadingObserver NONE = damage -> {};

    /** Something was skipped, the same perhaps several times. */
    void skipped(Damage damage);

    /**
     * A record without a timestamp was read. Those of a partition come in the order of their offsets; after a failure
     * they come again.
     *
     * @param restored whether it is one of the selected records; if not, only the selected time range leaves it out
     */
    default void metWithoutTimestamp(TopicIdPartition source, long offset, boolean restored) {}
}
