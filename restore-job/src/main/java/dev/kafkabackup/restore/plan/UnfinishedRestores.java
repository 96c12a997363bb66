// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The restores that were begun and have no report: what they were to fill from another incarnation may lack any of its
 * records, however many were produced into it since.
 */
final class UnfinishedRestores {

    private static final Logger LOG = LoggerFactory.getLogger(UnfinishedRestores.class);

    private final List<Begun> all;

    private UnfinishedRestores(List<Begun> all) {
        this.all = all;
    }

    /**
     * What is kept of a plan, which may be large.
     *
     * @param origins by the topic ID of a target, the incarnations that were to be restored into it
     */
    private record Begun(String restoreId, boolean finished, Map<Uuid, Set<Uuid>> origins) {

        static Begun of(RestorePlan plan, boolean finished) {
            Map<Uuid, Set<Uuid>> origins = new HashMap<>();
            for (TopicPlan topic : plan.topics()) {
                Uuid target = topic.targetId();
                if (target != null) {
                    origins.put(target, Set.copyOf(topic.topicIds()));
                }
            }
            return new Begun(plan.restoreId(), finished, origins);
        }

        Set<Uuid> originsOf(Uuid target) {
            return origins.getOrDefault(target, Set.of());
        }
    }

    /**
     * Looks at the restores of a backup. A plan that cannot be read is logged, and its restore does not count: it must
     * not keep anybody from another one.
     */
    static UnfinishedRestores read(BackupStorage storage, ConcurrentCalls calls) throws IOException {
        Collection<String> restoreIds = storage.folders(BackupLayout.RESTORES);
        return new UnfinishedRestores(calls.forEach(restoreIds, restoreId -> begun(storage, restoreId)).stream()
                .flatMap(Optional::stream)
                .toList());
    }

    private static Optional<Begun> begun(BackupStorage storage, String restoreId) throws IOException {
        Set<String> objects = storage.list(BackupLayout.restore(restoreId)).stream()
                .map(StoredObject::fileName)
                .collect(Collectors.toSet());
        if (!objects.contains(PlanStore.PLAN)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    Begun.of(new PlanStore(storage).read(restoreId), objects.contains(BackupLayout.RESTORE_REPORT)));
        } catch (CorruptDataException e) {
            LOG.warn("It is not known what restore {} filled: {}", restoreId, e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Those that were to fill an incarnation, unless another one has finished the same.
     *
     * @return their ids, sorted
     */
    List<String> into(Uuid target) {
        List<Begun> filling = all.stream()
                .filter(restore -> !restore.originsOf(target).isEmpty())
                .toList();
        return filling.stream()
                .filter(restore -> filling.stream()
                        .filter(Begun::finished)
                        .noneMatch(done -> done.originsOf(target).containsAll(restore.originsOf(target))))
                .map(Begun::restoreId)
                .sorted()
                .toList();
    }
}
