// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

/**
 * Translates committed offsets through the offset map of a restore: by offset, never by timestamp. A group goes on at
 * the record that it wanted next; if that one was not restored, at the next restored one, else at the end.
 */
public final class GroupTranslation {

    private final RestorePlan plan;
    private final OffsetMap map;

    /**
     * Translates for one restore.
     *
     * @param plan of the restore
     * @param map that the restore wrote, complete
     */
    public GroupTranslation(RestorePlan plan, OffsetMap map) {
        this.plan = plan;
        this.map = map;
    }

    /** Every committed offset on an incarnation that was restored, in the order of {@code offsets}. */
    public List<TranslatedOffset> translate(GroupOffsets offsets) {
        List<TranslatedOffset> translated = new ArrayList<>();
        for (GroupOffset committed : offsets.all()) {
            plan.topics().stream()
                    .filter(topic -> topic.topicIds().contains(committed.topicId()))
                    .findFirst()
                    .ifPresent(topic -> translated.add(translate(topic, committed)));
        }
        return translated;
    }

    private TranslatedOffset translate(TopicPlan topic, GroupOffset committed) {
        TopicIdPartition source = new TopicIdPartition(committed.topicId(), committed.partition(), topic.topic());
        Optional<PartitionPlan> planned = topic.partitions().stream()
                .filter(partition -> partition.partition() == committed.partition())
                .findFirst();
        if (planned.isEmpty()) {
            return new TranslatedOffset(committed, Optional.empty(), 0);
        }
        OffsetMap.Translation target = map.translatePosition(source, committed.offset())
                .orElseGet(() -> nothingRestored(topic, planned.get()));
        return new TranslatedOffset(committed, Optional.of(target), map.recordsFrom(source, committed.offset()));
    }

    /** The partition was selected, but held no record: its group waits where new records will be appended. */
    private static OffsetMap.Translation nothingRestored(TopicPlan topic, PartitionPlan partition) {
        return new OffsetMap.Translation(
                new TopicPartition(topic.target(), partition.partition()), partition.targetStartOffset());
    }
}
