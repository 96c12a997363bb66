// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import org.apache.flink.connector.kafka.sink.KafkaCommittable;

/** Finds out what became of a transaction. */
interface TransactionLookup extends AutoCloseable {

    /**
     * Asks the transaction coordinator.
     *
     * @throws org.apache.kafka.common.KafkaException if it does not answer, or not to us
     */
    TransactionFate fate(KafkaCommittable transaction);

    @Override
    void close();
}
