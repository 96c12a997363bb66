// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.restore.check.Finding;
import dev.kafkabackup.restore.check.TargetOptions;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.PlanStore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** What comes before a restore: what there is to restore, what was begun, and what speaks against it. Reads only. */
final class Planning {

    private final RestoreAccess access;

    Planning(RestoreAccess access) {
        this.access = access;
    }

    Optional<RestorePlan> begun() {
        BackupRoot.require(access.storage());
        return access.withStorage("read", () -> {
            PlanStore plans = new PlanStore(access.storage());
            return plans.exists(access.restoreId())
                    ? Optional.of(plans.read(access.restoreId()))
                    : Optional.<RestorePlan>empty();
        });
    }

    RestorePlan plan(Collection<RestoreSelection> selections, OnCorrupt onCorrupt) {
        BackupRoot root = BackupRoot.require(access.storage());
        String targetClusterId = access.config().kafka().clusterId(access.admin());
        return access.withStorage("read", () -> {
            new PlanStore(access.storage()).requireUnused(access.restoreId());
            return new RestorePlan(
                    access.restoreId(),
                    access.clock().instant(),
                    root.clusterId(),
                    targetClusterId,
                    onCorrupt,
                    new RestorePlanner(access.storage()).plan(List.copyOf(selections)));
        });
    }

    List<String> topics() {
        BackupRoot.require(access.storage());
        return access.withStorage("read", () -> new Catalog(access.storage()).topics());
    }

    List<Finding> findings(RestorePlan plan, TargetOptions options) {
        return access.withStorage("read", () -> access.targetTopics(options).findings(plan));
    }
}
