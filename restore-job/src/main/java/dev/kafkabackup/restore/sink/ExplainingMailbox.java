// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.util.function.ThrowingRunnable;

/** The way on which Kafka's writer fails the task as soon as a record is refused, without waiting for the next one. */
final class ExplainingMailbox implements MailboxExecutor {

    private final MailboxExecutor mailbox;
    private final RefusedRecords refused;

    ExplainingMailbox(MailboxExecutor mailbox, RefusedRecords refused) {
        this.mailbox = mailbox;
        this.refused = refused;
    }

    @Override
    public void execute(
            MailOptions options,
            ThrowingRunnable<? extends Exception> command,
            String descriptionFormat,
            Object... descriptionArgs) {
        mailbox.execute(
                options,
                () -> {
                    try {
                        command.run();
                    } catch (Exception e) {
                        refused.endFor(e);
                        throw e;
                    }
                },
                descriptionFormat,
                descriptionArgs);
    }

    @Override
    public void yield() throws InterruptedException {
        mailbox.yield();
    }

    @Override
    public boolean tryYield() {
        return mailbox.tryYield();
    }

    @Override
    public boolean shouldInterrupt() {
        return mailbox.shouldInterrupt();
    }
}
