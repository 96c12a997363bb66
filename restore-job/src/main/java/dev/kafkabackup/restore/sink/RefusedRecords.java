// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.FailedException;
import java.time.Duration;
import java.util.List;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Records that the target does not accept as they are, and never will as it is: no restart helps, so the job ends, and
 * says which record it was. Whatever else fails stays as it is. Safe to use from any thread.
 */
final class RefusedRecords {

    private static final List<Class<? extends Exception>> FOR_GOOD = List.of(
            RecordTooLargeException.class,
            RecordBatchTooLargeException.class,
            InvalidTimestampException.class,
            InvalidRecordException.class);

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final OffsetRecorder recorder;
    private final String restoreId;

    /**
     * @param recorder knows which record was not accepted
     * @param restoreId for the message
     */
    RefusedRecords(OffsetRecorder recorder, String restoreId) {
        this.recorder = recorder;
        this.restoreId = restoreId;
    }

    /**
     * Ends the job for good if a failure is about a record.
     *
     * @throws SuppressRestartsException if the target has refused a record
     */
    void endFor(Exception failure) {
        ExceptionUtils.findThrowable(failure, RefusedRecords::isForGood).ifPresent(refusal -> {
            throw new SuppressRestartsException(new FailedException(
                    "Restore %s: %s; let the target accept it (max.message.bytes, message.timestamp.*, cleanup.policy), then start it again with --restore-id %s"
                            .formatted(restoreId, what(refusal), restoreId),
                    failure));
        });
    }

    private static boolean isForGood(Throwable failure) {
        return FOR_GOOD.stream().anyMatch(refusal -> refusal.isInstance(failure))
                || RefusalReason.isAnotherRecord(failure);
    }

    /** @param first what Flink's writer was told first; of a request with several records not about the bad one */
    private String what(Throwable first) {
        OffsetRecorder.Failure known = recorder.awaitFailure(PATIENCE)
                .orElseGet(() -> new OffsetRecorder.Failure("the target does not accept a record", null));
        Throwable reason = known.reason() == null ? first : known.reason();
        return known.what() + ": " + reason.getMessage();
    }
}
