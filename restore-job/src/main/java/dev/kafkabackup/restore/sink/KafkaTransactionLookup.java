// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.kafka.KafkaConnection;
import java.util.List;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks through an admin client, which it opens when it is needed for the first time. Not thread safe. */
final class KafkaTransactionLookup implements TransactionLookup {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTransactionLookup.class);

    private final KafkaConnection kafka;
    private @Nullable Admin admin;

    KafkaTransactionLookup(KafkaConnection kafka) {
        this.kafka = kafka;
    }

    @Override
    public TransactionFate fate(KafkaCommittable transaction) {
        String id = transaction.getTransactionalId();
        try {
            TransactionDescription description = KafkaConnection.await(
                    admin().describeTransactions(List.of(id)).description(id));
            TransactionFate fate = TransactionFate.of(description, transaction);
            LOG.info(
                    "Transaction {} of producer {} with epoch {}: the coordinator says {} by producer {} with epoch {}, so it is {}",
                    id,
                    transaction.getProducerId(),
                    transaction.getEpoch(),
                    description.state(),
                    description.producerId(),
                    description.producerEpoch(),
                    fate);
            return fate;
        } catch (TransactionalIdNotFoundException e) {
            LOG.warn("Transaction {}: the coordinator does not know it any more", id, e);
            return TransactionFate.LOST;
        }
    }

    private Admin admin() {
        Admin opened = admin;
        if (opened == null) {
            opened = kafka.admin("restore-transactions");
            admin = opened;
        }
        return opened;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close();
            admin = null;
        }
    }
}
