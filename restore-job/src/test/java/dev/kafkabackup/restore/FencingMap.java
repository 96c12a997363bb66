// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.restore.record.RestoreRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/**
 * Lets records pass. Once, after the transaction of a checkpoint was prepared and before it can be committed, it has
 * the broker abort it, as a transaction's time-out would.
 */
final class FencingMap extends RichMapFunction<RestoreRecord, RestoreRecord> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private static final AtomicInteger STARTS = new AtomicInteger();
    private static final AtomicBoolean FENCED = new AtomicBoolean();

    private final String bootstrapServers;
    private final String transactionalIdPrefix;

    FencingMap(String bootstrapServers, String transactionalIdPrefix) {
        this.bootstrapServers = bootstrapServers;
        this.transactionalIdPrefix = transactionalIdPrefix;
    }

    static void reset() {
        STARTS.set(0);
        FENCED.set(false);
    }

    static int starts() {
        return STARTS.get();
    }

    @Override
    public void open(OpenContext context) {
        STARTS.incrementAndGet();
    }

    @Override
    public RestoreRecord map(RestoreRecord record) {
        return record;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        // the first checkpoint is to be committed
        if (context.getCheckpointId() < 2 || FENCED.get()) {
            return;
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            List<String> open = admin.listTransactions().all().get().stream()
                    .filter(transaction -> transaction.state() == TransactionState.ONGOING)
                    .map(TransactionListing::transactionalId)
                    .filter(id -> id.startsWith(transactionalIdPrefix))
                    .toList();
            if (!open.isEmpty()) {
                admin.fenceProducers(open).all().get();
                FENCED.set(true);
            }
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // has none
    }
}
