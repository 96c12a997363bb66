// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.attempt.AttemptId;
import dev.kafkabackup.restore.attempt.AttemptStore;
import dev.kafkabackup.restore.check.RestoredTargets;
import dev.kafkabackup.restore.check.TargetOffsets;
import dev.kafkabackup.restore.plan.PlanHolds;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.report.DeliveryReport;
import dev.kafkabackup.restore.report.ReportStore;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.sink.RestoreTransactions;
import dev.kafkabackup.restore.topicconfig.Finalization;
import dev.kafkabackup.restore.topicconfig.FinalizedTopic;
import dev.kafkabackup.restore.topicconfig.TargetConfig;
import dev.kafkabackup.restore.topicconfig.TargetConfigStore;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What comes after the job of a restore: the report, and the original configuration of what it created. */
final class Completion {

    private static final Logger LOG = LoggerFactory.getLogger(Completion.class);

    private final RestoreAccess access;

    Completion(RestoreAccess access) {
        this.access = access;
    }

    Optional<RestoreReport> finished() {
        return access.withStorage("read", () -> {
            ReportStore reports = new ReportStore(access.storage());
            return reports.exists(access.restoreId())
                    ? Optional.of(reports.read(access.restoreId()))
                    : Optional.<RestoreReport>empty();
        });
    }

    RestoreReport finish(RestorePlan plan, Instant startedAt) {
        // producers go on with a topic that was deleted and created again, without a word
        new RestoredTargets(access.admin()).require(plan);
        RestoreReport report = access.withStorage("written", () -> {
            Instant endedAt = access.clock().instant();
            return new ReportStore(access.storage())
                    .write(plan, configurations(), deliveryReport(plan), begunAt(startedAt), endedAt);
        });
        endLeftOverTransactions();
        releaseHolds(plan);
        return report;
    }

    /** Of several attempts that of the first: what is reported was done by all of them. */
    private Instant begunAt(Instant lastStart) throws IOException {
        AttemptStore attempts = access.attempts();
        return attempts.all().size() < 2
                ? lastStart
                : attempts.begunAt().filter(lastStart::isAfter).orElse(lastStart);
    }

    private DeliveryReport deliveryReport(RestorePlan plan) throws IOException {
        int attempts = access.attempts().newest().map(AttemptId::number).orElse(1);
        long beyondTheMap = access.inTransactions()
                ? 0
                : Math.max(
                        0,
                        new TargetOffsets(access.admin()).since(plan)
                                - access.offsetMap().records());
        return DeliveryReport.of(access.config().produce().delivery(), attempts, beyondTheMap);
    }

    /** How the targets are configured now, by name. */
    private Map<String, TargetConfiguration> configurations() throws IOException {
        Map<String, TargetConfiguration> configurations = new TreeMap<>();
        for (TargetConfig target : new TargetConfigStore(access.storage()).read(access.restoreId())) {
            configurations.put(target.topic(), TargetConfiguration.of(access.admin(), target));
        }
        return configurations;
    }

    /** Of an attempt that was frozen, for example: until they end, nobody can read committed records behind them. */
    private void endLeftOverTransactions() {
        try {
            access.withStorage("read", () -> access.attempts().newest())
                    .ifPresent(new RestoreTransactions(access.admin(), access.restoreId())::fenceUpTo);
        } catch (KafkaException | FailedException e) {
            LOG.warn(
                    "Restore {} is complete, but transactions that it may have left open were not ended; Kafka does it when they time out",
                    access.restoreId(),
                    e);
        }
    }

    private void releaseHolds(RestorePlan plan) {
        try {
            new PlanHolds(access.storage(), plan, access.clock()).release();
        } catch (IOException e) {
            LOG.info("The holds of restore {} were not taken away, they end by themselves", plan.restoreId(), e);
        }
    }

    List<FinalizedTopic> finalizeTargets(boolean dryRun) {
        return access.withStorage("read", () -> {
            if (!new ReportStore(access.storage()).exists(access.restoreId())) {
                throw new RefusedException(
                        "Restore %s is unknown or not finished: its topics get their original configuration when it is"
                                .formatted(access.restoreId()));
            }
            Finalization finalization = new Finalization(access.admin(), access.clock());
            List<FinalizedTopic> topics =
                    finalization.plan(new TargetConfigStore(access.storage()).read(access.restoreId()));
            if (!dryRun) {
                finalization.apply(topics);
            }
            return topics;
        });
    }
}
