// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.kafka.TopicAnswer;
import dev.kafkabackup.kafka.TopicLookup;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.topicconfig.TargetConfig;
import dev.kafkabackup.restore.topicconfig.TargetConfigStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicMetadata;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.AuthorizationException;
import org.jspecify.annotations.Nullable;

/**
 * The topics that are restored into: checked before the first record is produced, and created where they are missing.
 * All are checked before any is created; who may write to a created one is known only then.
 */
public final class TargetTopics {

    private final Admin admin;
    private final TopicMetadataStore metadata;
    private final TargetConfigStore targetConfigs;
    private final Clock clock;
    private final TargetOptions options;
    private final Optional<NeededTransactions> transactions;

    /**
     * @param admin for the target cluster; not closed here
     * @param storage the backup's; the origin of the restored topics is written there if the target is the cluster of
     *     the backup, and how the targets are to be configured in the end
     * @param transactions what it needs of them; empty if it uses none
     */
    public TargetTopics(
            Admin admin,
            BackupStorage storage,
            Clock clock,
            TargetOptions options,
            Optional<NeededTransactions> transactions) {
        this.admin = admin;
        this.metadata = new TopicMetadataStore(storage);
        this.targetConfigs = new TargetConfigStore(storage);
        this.clock = clock;
        this.options = options;
        this.transactions = transactions;
    }

    /**
     * Looks at the targets and changes nothing.
     *
     * @return what speaks against the restore, also what is allowed
     * @throws RefusedException if something speaks against it that cannot be allowed by name
     * @throws FailedException if Kafka does not answer
     */
    public List<Finding> findings(RestorePlan plan) throws IOException {
        return inspect(plan).findings();
    }

    /**
     * Makes the targets ready.
     *
     * @return the plan with the targets' start offsets
     * @throws RefusedException if something speaks against the restore that is not allowed; nothing was changed then,
     *     but that a topic may have been created that turned out not to be writable
     * @throws FailedException if Kafka does not answer or creates no topic
     */
    public RestorePlan prepare(RestorePlan plan) throws IOException {
        Inspection inspection = inspect(plan);
        requireAllowed(inspection.findings());
        List<TargetConfig> configs = new ArrayList<>(
                inspection.targets().stream().map(Target::config).toList());
        targetConfigs.write(plan.restoreId(), configs);
        List<TopicPlan> prepared = new ArrayList<>();
        for (Target target : inspection.targets()) {
            TopicPlan ready;
            if (target.existing().isPresent()) {
                ready = prepared(target.topic(), target.existing().get());
            } else {
                ready = created(plan.restoreId(), target.topic(), target.draft().orElseThrow(), configs);
            }
            prepared.add(ready);
            // a topic that holds other records as well is no copy, and the source is its own origin
            boolean copy = target.existing()
                    .map(existing -> existing.isEmpty() && !existing.isSource(plan))
                    .orElse(true);
            if (copy && plan.targetClusterId().equals(plan.sourceClusterId())) {
                new RestoredOrigin(metadata, clock).write(plan, ready);
            }
        }
        return plan.withTopics(prepared);
    }

    private void requireAllowed(List<Finding> findings) {
        List<Finding> refusing = findings.stream()
                .filter(finding -> !options.allowed().contains(finding.check()))
                .toList();
        if (!refusing.isEmpty()) {
            throw new RefusedException(
                    refusing.size() == 1
                            ? refusing.get(0).line()
                            : "%s; and %d more, which --dry-run shows"
                                    .formatted(refusing.get(0).line(), refusing.size() - 1));
        }
    }

    private TopicPlan prepared(TopicPlan topic, ExistingTarget existing) throws IOException {
        if (existing.hasTooFewPartitions()) {
            new TopicCreation(admin, options).addPartitions(topic, existing.partitionsNeeded());
        }
        return topic.prepared(existing.description().topicId(), existing.partitionsWithStartOffsets());
    }

    /** Also notes in the configs of all targets what became of this one. */
    private TopicPlan created(String restoreId, TopicPlan topic, TopicCreation.Draft draft, List<TargetConfig> configs)
            throws IOException {
        TopicDescription created = new TopicCreation(admin, options).create(draft);
        Uuid id = created.topicId();
        configs.replaceAll(config -> config.topic().equals(topic.target()) ? config.createdAs(id) : config);
        targetConfigs.write(restoreId, configs);
        requireAllowed(
                TargetRights.toProduceIntoCreated(created, restoreId).stream().toList());
        return topic.prepared(id, topic.partitions());
    }

    private Inspection inspect(RestorePlan plan) throws IOException {
        Map<String, TopicAnswer> answers = TopicLookup.describe(
                admin, plan.topics().stream().map(TopicPlan::target).toList());
        List<Target> targets = new ArrayList<>();
        List<Finding> findings = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            targets.add(inspect(plan, topic, answers, findings));
        }
        TargetRights rights = new TargetRights(admin);
        findings.addAll(rights.toProduce(targets.stream()
                .filter(target -> target.existing().isPresent())
                .map(target -> target.topic().target())
                .toList()));
        transactions.flatMap(needed -> needed.finding(admin)).ifPresent(findings::add);
        return new Inspection(targets, findings);
    }

    private Target inspect(RestorePlan plan, TopicPlan topic, Map<String, TopicAnswer> answers, List<Finding> findings)
            throws IOException {
        Optional<TopicMetadata> latest = metadata.latest(topic.newestIncarnation());
        Map<String, String> backedUp = latest.map(TopicMetadata::configs).orElse(Map.of());
        boolean originalKnown = latest.map(TopicMetadata::configsKnown).orElse(false);
        @Nullable TopicAnswer answer = answers.get(topic.target());
        if (answer instanceof TopicAnswer.Found found) {
            ExistingTarget existing = ExistingTarget.of(admin, topic, found.description());
            findings.addAll(existing.findings(plan, admin, options, backedUp, clock.instant()));
            return new Target(
                    topic,
                    Optional.of(existing),
                    Optional.empty(),
                    beforeCreation(plan, topic, existing, originalKnown, backedUp));
        }
        if (answer instanceof TopicAnswer.Failed failed) {
            throw cannotBeLookedAt(topic, failed);
        }
        TopicCreation.Draft draft = new TopicCreation(admin, options).draft(topic, latest);
        findings.addAll(TopicConfigChecks.of(topic, draft.configs(), backedUp, clock.instant()));
        return new Target(
                topic,
                Optional.empty(),
                Optional.of(draft),
                new TargetConfig(topic.target(), null, true, originalKnown, draft.original(), draft.configs()));
    }

    /** A restore that was killed right after it had created the topic begins again with one that is there. */
    private TargetConfig beforeCreation(
            RestorePlan plan,
            TopicPlan topic,
            ExistingTarget target,
            boolean originalKnown,
            Map<String, String> backedUp)
            throws IOException {
        Uuid id = target.description().topicId();
        return targetConfigs
                .read(plan.restoreId(), topic.target())
                .filter(known -> known.created()
                        && (known.topicId() == null || known.topicId().equals(id)))
                .map(known -> known.createdAs(id))
                .orElseGet(() -> new TargetConfig(topic.target(), id, false, originalKnown, backedUp, Map.of()));
    }

    private static RuntimeException cannotBeLookedAt(TopicPlan topic, TopicAnswer.Failed failed) {
        if (failed.cause() instanceof AuthorizationException) {
            return new RefusedException(
                    "Topic %s of the target may not be looked at: grant DESCRIBE and WRITE on it, or choose another target with --topic %s=TARGET"
                            .formatted(topic.target(), topic.topic()),
                    failed.cause());
        }
        return new FailedException(
                "Topic %s of the target cannot be looked at: %s"
                        .formatted(topic.target(), failed.cause().getMessage()),
                failed.cause());
    }

    /**
     * A topic of the plan, as it was found; nothing of it was changed.
     *
     * @param existing the topic that is there
     * @param draft how it can be created, if there is none
     */
    private record Target(
            TopicPlan topic,
            Optional<ExistingTarget> existing,
            Optional<TopicCreation.Draft> draft,
            TargetConfig config) {}

    private record Inspection(List<Target> targets, List<Finding> findings) {}
}
