// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;

/** The transactions of a cluster that are neither committed nor aborted. */
public final class OpenTransactions {

    private OpenTransactions() {}

    /**
     * Their transactional ids.
     *
     * @param idPrefix how these begin; others may have left some that live for a quarter of an hour
     */
    public static List<String> of(Admin admin, String idPrefix) throws ExecutionException, InterruptedException {
        return admin.listTransactions().all().get().stream()
                .filter(transaction -> transaction.state() == TransactionState.ONGOING)
                .map(TransactionListing::transactionalId)
                .filter(id -> id.startsWith(idPrefix))
                .toList();
    }

    /** Whether all of these, which were open, are aborted by now. */
    public static boolean areAborted(Admin admin, Collection<String> ids)
            throws ExecutionException, InterruptedException {
        return admin.describeTransactions(ids).all().get().values().stream()
                .allMatch(transaction -> transaction.state() == TransactionState.COMPLETE_ABORT);
    }
}
