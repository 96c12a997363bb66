// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.jspecify.annotations.Nullable;

/**
 * What becomes true with a checkpoint: the runs of the records that were produced, and the transaction they are in.
 *
 * @param transaction to be committed; null where records are produced without transactions and are there already
 * @param runs where the records of this transaction, or since the last checkpoint, and no others, went
 */
record RestoreCommittable(@Nullable KafkaCommittable transaction, List<OffsetMapRun> runs) {

    RestoreCommittable {
        runs = List.copyOf(runs);
    }

    /** Short: there may be very many runs. */
    @Override
    public String toString() {
        return (transaction == null ? "no transaction" : transaction) + " with " + runs.size() + " offset-map runs";
    }
}
