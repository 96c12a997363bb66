// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/**
 * A Kafka transaction and what becomes true with it.
 *
 * @param transaction to be committed
 * @param runs where the records of this transaction, and no others, went
 */
record RestoreCommittable(KafkaCommittable transaction, List<OffsetMapRun> runs) {

    RestoreCommittable {
        runs = List.copyOf(runs);
    }

    /** Short: there may be very many runs. */
    @Override
    public String toString() {
        return transaction + " with " + runs.size() + " offset-map runs";
    }
}
