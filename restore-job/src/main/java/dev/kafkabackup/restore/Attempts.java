// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.attempt.RunningMark;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.plan.PlanHolds;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.resume.Resumption;
import dev.kafkabackup.restore.sink.LostTransactionException;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attempts of one restore: the first, and those that go on where another ended. While one runs, its mark is shown
 * and what it reads is held.
 */
final class Attempts implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    /** What loses transactions again and again, and comes no further, has a reason that has to be seen. */
    private static final int RESUMED_IN_VAIN = 3;

    private final RestoreAccess access;
    private @Nullable AttemptId current;
    private @Nullable RunningMark runningMark;

    Attempts(RestoreAccess access) {
        this.access = access;
    }

    AttemptId current() {
        if (current == null) {
            throw new IllegalStateException("No attempt of restore " + access.restoreId() + " was begun");
        }
        return current;
    }

    RestorePlan prepare(RestorePlan plan, TargetOptions options) {
        return access.withStorage("written", () -> {
            plan.requireUndamaged();
            RunningMark.requireNone(access.storage(), access.restoreId());
            RestorePlan prepared = access.targetTopics(options).prepare(plan);
            hold(prepared);
            AttemptId begun = begin();
            new PlanStore(access.storage()).create(prepared);
            access.attempts().requireNewest(begun);
            return prepared;
        });
    }

    Progress resume(RestorePlan plan) {
        KafkaConnection kafka = access.config().kafka();
        String targetClusterId = kafka.clusterId(access.admin());
        if (!targetClusterId.equals(plan.targetClusterId())) {
            throw new RefusedException(
                    "Restore %s went to the Kafka cluster %s, but %s is cluster %s: check --bootstrap-server"
                            .formatted(plan.restoreId(), plan.targetClusterId(), kafka, targetClusterId));
        }
        return access.withStorage("used", () -> {
            if (runningMark == null) {
                RunningMark.requireNone(access.storage(), access.restoreId());
            }
            requireSameDelivery();
            access.transactions().ifPresent(needed -> needed.requireAllowed(access.admin()));
            hold(plan);
            return new Resumption(
                            kafka,
                            access.admin(),
                            access.config().storage(),
                            access.storage(),
                            access.config().parallelism())
                    .prepare(plan, begin());
        });
    }

    /** What was produced without transactions can be gone on with only like that, and the other way round. */
    private void requireSameDelivery() throws IOException {
        AttemptStore attempts = access.attempts();
        Optional<AttemptId> newest = attempts.newest();
        if (newest.isPresent() && attempts.transactions(newest.get()) != access.inTransactions()) {
            throw new UsageException("Restore %s was begun %s --delivery at-least-once: start it again like that"
                    .formatted(access.restoreId(), access.inTransactions() ? "with" : "without"));
        }
    }

    private AttemptId begin() throws IOException {
        endRunningMark();
        AttemptId begun = access.attempts().begin(access.clock().instant(), access.inTransactions());
        current = begun;
        runningMark = RunningMark.show(access.storage(), access.restoreId(), begun);
        return begun;
    }

    private void endRunningMark() {
        if (runningMark != null) {
            runningMark.close();
            runningMark = null;
        }
    }

    /** Before anything is read; while the job runs, its source renews the holds. */
    private void hold(RestorePlan plan) {
        try {
            new PlanHolds(access.storage(), plan, access.clock()).renew();
        } catch (IOException e) {
            LOG.warn(
                    "Restore {} cannot hold what it reads, so retention may remove some of it meanwhile; it needs to write topics/*/holds/*: {}",
                    plan.restoreId(),
                    e.toString());
        }
    }

    boolean run(RestorePlan plan, Restore.JobRun job, Consumer<String> notes) throws Exception {
        long restored = -1;
        int inVain = 0;
        while (true) {
            try {
                return job.toItsEnd();
            } catch (Exception e) {
                if (!isLostTransaction(e) || inVain == RESUMED_IN_VAIN) {
                    throw e;
                }
                LOG.warn("Restore {} goes on from what the target holds", plan.restoreId(), e);
            }
            // a lost transaction may also mean that somebody else has taken over
            access.withStorage("read", () -> {
                access.attempts().requireNewest(current());
                return true;
            });
            Progress progress = resume(plan);
            inVain = progress.records() > restored ? 0 : inVain + 1;
            restored = progress.records();
            notes.accept(
                    "A transaction was aborted by Kafka (transaction.timeout.ms?): going on behind the %d records that the target holds"
                            .formatted(restored));
            if (progress.complete()) {
                return true;
            }
        }
    }

    private static boolean isLostTransaction(Exception failure) {
        return ExceptionUtils.findSerializedThrowable(
                        failure, LostTransactionException.class, Attempts.class.getClassLoader())
                .isPresent();
    }

    /** Takes the mark of the running attempt away. */
    @Override
    public void close() {
        endRunningMark();
    }
}
