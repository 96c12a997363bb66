// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.FailedException;

/**
 * A transaction of the restore was aborted by the broker, or nobody knows any more what became of it. Flink's state is
 * worthless then, as it would bring back the same transaction for ever; the target tells how to go on.
 */
public final class LostTransactionException extends FailedException {

    private static final long serialVersionUID = 1L;

    LostTransactionException(String restoreId, String transactionalId, Throwable refusal) {
        super(
                "Restore %s: transaction %s was not committed and cannot be any more (%s): start it again with --restore-id %s, it goes on with what is missing in the target"
                        .formatted(restoreId, transactionalId, refusal.getMessage(), restoreId),
                refusal);
    }
}
