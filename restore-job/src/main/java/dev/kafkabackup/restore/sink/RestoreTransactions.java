// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.attempt.AttemptId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The transactions of a restore, as their coordinators know them. */
public final class RestoreTransactions {

    private static final Logger LOG = LoggerFactory.getLogger(RestoreTransactions.class);

    /** All in which something may still happen. */
    private static final Set<TransactionState> NOT_COMPLETE = Set.of(
            TransactionState.ONGOING,
            TransactionState.PREPARE_COMMIT,
            TransactionState.PREPARE_ABORT,
            TransactionState.PREPARE_EPOCH_FENCE);

    private static final String PREFIX = "kafka-backup-restore-";

    private final Admin admin;
    private final String restoreId;

    /** Of any attempt of this restore, and of no other restore, however its id begins. */
    private final Pattern ids;

    /** @param admin for the target cluster; not closed here */
    public RestoreTransactions(Admin admin, String restoreId) {
        this.admin = admin;
        this.restoreId = restoreId;
        this.ids = Pattern.compile(PREFIX + Pattern.quote(restoreId) + "-(?<attempt>[1-9]\\d*-[0-9a-f]{4})-\\d+-\\d+");
    }

    /** How every transactional id of a restore begins; one needs WRITE and DESCRIBE on such ids. */
    public static String prefix(String restoreId) {
        return PREFIX + restoreId + "-";
    }

    /** How the transactional ids of an attempt begin. */
    public static String prefix(String restoreId, AttemptId attempt) {
        return prefix(restoreId) + attempt;
    }

    /**
     * Ends every transaction of an older attempt that is not complete, and takes from its owner what is needed to
     * commit it. One that is being committed is waited for.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or not to us
     */
    public void fenceOlderThan(AttemptId attempt) {
        fence(owner -> owner.compareTo(attempt) < 0);
    }

    /**
     * Ends what an attempt that has committed everything, and those before it, may have left open.
     *
     * @throws org.apache.kafka.common.KafkaException if Kafka does not answer, or not to us
     */
    public void fenceUpTo(AttemptId attempt) {
        fence(owner -> owner.compareTo(attempt) <= 0);
    }

    private void fence(Predicate<AttemptId> whose) {
        List<String> open = open(whose);
        if (!open.isEmpty()) {
            LOG.info("Restore {}: fencing the transactions {}", restoreId, open);
            KafkaConnection.await(admin.fenceProducers(open).all());
        }
    }

    private List<String> open(Predicate<AttemptId> whose) {
        Collection<TransactionListing> listed =
                KafkaConnection.await(admin.listTransactions(new ListTransactionsOptions().filterStates(NOT_COMPLETE))
                        .all());
        return listed.stream()
                .filter(transaction -> NOT_COMPLETE.contains(transaction.state()))
                .map(TransactionListing::transactionalId)
                .filter(id -> owner(id).filter(whose).isPresent())
                .toList();
    }

    /** The attempt of this restore that a transaction belongs to; empty if it is none of its. */
    private Optional<AttemptId> owner(String transactionalId) {
        Matcher matcher = ids.matcher(transactionalId);
        return matcher.matches() ? AttemptId.parse(matcher.group("attempt")) : Optional.empty();
    }
}
