// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds what groups had committed on the incarnations of a restore: as of a moment that the user names, else as of an
 * incarnation's deletion, else the newest that is known.
 */
public final class CommittedOffsets {

    private final TopicMetadataStore metadata;
    private final GroupHistory history;
    private final Map<Instant, GroupOffsets> known = new HashMap<>();

    /** @param storage where the backup lies; not closed here */
    public CommittedOffsets(BackupStorage storage) {
        this.metadata = new TopicMetadataStore(storage);
        this.history = new GroupHistory(storage);
    }

    /**
     * Looks up the offsets of all groups.
     *
     * @param asOf the moment that the user asked for, inclusive; null for none
     * @return by group, topic, incarnation and partition, for each incarnation of the plan
     */
    public List<CommittedOffset> of(RestorePlan plan, @Nullable Instant asOf) throws IOException {
        List<CommittedOffset> committed = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            for (TopicIncarnation incarnation : topic.incarnations()) {
                add(incarnation, asOf, committed);
            }
        }
        committed.sort((a, b) -> GroupOffset.ORDER.compare(a.offset(), b.offset()));
        return committed;
    }

    private void add(TopicIncarnation incarnation, @Nullable Instant asOf, List<CommittedOffset> committed)
            throws IOException {
        Optional<Instant> deletedAt = metadata.latest(incarnation)
                .filter(latest -> latest.state() == TopicState.DELETED)
                .map(TopicMetadata::observedAt);
        Instant newest = deletedAt.orElse(Instant.MAX);
        Instant moment = asOf != null && asOf.isBefore(newest) ? asOf : newest;
        CommittedOffset.Basis basis = moment.equals(asOf)
                ? CommittedOffset.Basis.AS_OF
                : deletedAt.isPresent() ? CommittedOffset.Basis.DELETION : CommittedOffset.Basis.NEWEST;
        Map<GroupOffset.Key, GroupOffset> last = new HashMap<>();
        at(newest).all().forEach(offset -> last.put(offset.key(), offset));
        GroupOffsets offsets = at(moment);
        for (GroupOffset offset : offsets.all()) {
            if (offset.topicId().equals(incarnation.id())) {
                long newestOffset = last.getOrDefault(offset.key(), offset).offset();
                committed.add(new CommittedOffset(offset, basis, offsets.asOf(), newestOffset));
            }
        }
    }

    private GroupOffsets at(Instant moment) throws IOException {
        GroupOffsets offsets = known.get(moment);
        if (offsets == null) {
            offsets = history.asOf(moment);
            known.put(moment, offsets);
        }
        return offsets;
    }
}
