// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.restore.plan.PartitionPlan;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * Translates committed offsets through the offset map of a restore: by offset, never by timestamp. A group goes on at
 * the record that it wanted next; if that one was not restored, at the next restored one, else at the end. Where
 * several incarnations were restored into one topic, the newest one that the group had a commit on decides, for each
 * partition.
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

    /** The deciding ones of these committed offsets, in their order, translated. */
    public List<TranslatedOffset> translate(Collection<CommittedOffset> offsets) {
        List<TranslatedOffset> translated = new ArrayList<>();
        for (TopicPlan topic : plan.topics()) {
            Map<Place, CommittedOffset> deciding = new LinkedHashMap<>();
            for (CommittedOffset committed : offsets) {
                if (topic.topicIds().contains(committed.offset().topicId())) {
                    deciding.merge(
                            new Place(
                                    committed.offset().group(),
                                    committed.offset().partition()),
                            committed,
                            (one, other) -> newer(topic, one, other));
                }
            }
            deciding.values().forEach(committed -> translated.add(translate(topic, committed)));
        }
        translated.sort((a, b) ->
                GroupOffset.ORDER.compare(a.committed().offset(), b.committed().offset()));
        return translated;
    }

    private static CommittedOffset newer(TopicPlan topic, CommittedOffset one, CommittedOffset other) {
        List<Uuid> byCreation = topic.topicIds();
        return byCreation.indexOf(one.offset().topicId())
                        > byCreation.indexOf(other.offset().topicId())
                ? one
                : other;
    }

    private TranslatedOffset translate(TopicPlan topic, CommittedOffset committed) {
        Optional<PartitionPlan> planned = topic.partitions().stream()
                .filter(partition -> partition.partition() == committed.offset().partition())
                .findFirst();
        if (planned.isEmpty()) {
            return new TranslatedOffset(committed, Optional.empty(), 0, 0);
        }
        OffsetMap.Translation position = position(
                topic,
                planned.get(),
                committed.offset().topicId(),
                committed.offset().offset());
        OffsetMap.Translation newest =
                position(topic, planned.get(), committed.offset().topicId(), committed.newestOffset());
        return new TranslatedOffset(
                committed,
                Optional.of(position),
                map.recordsIn(position.partition(), position.offset(), Long.MAX_VALUE),
                map.recordsIn(position.partition(), position.offset(), newest.offset()));
    }

    private OffsetMap.Translation position(TopicPlan topic, PartitionPlan partition, Uuid topicId, long offset) {
        TopicIdPartition source = new TopicIdPartition(topicId, partition.partition(), topic.topic());
        return map.translatePosition(source, offset)
                .orElseGet(() -> new OffsetMap.Translation(
                        new TopicPartition(topic.target(), partition.partition()),
                        beforeWhatFollows(topic, partition, topicId)));
    }

    /**
     * Where the records of an incarnation would have been that has none in this partition: behind those of the
     * incarnations before it.
     */
    private long beforeWhatFollows(TopicPlan topic, PartitionPlan partition, Uuid topicId) {
        long end = partition.targetStartOffset();
        for (Uuid earlier : topic.topicIds()) {
            if (earlier.equals(topicId)) {
                break;
            }
            List<OffsetMapRun> runs = map.runs(new TopicIdPartition(earlier, partition.partition(), topic.topic()));
            if (!runs.isEmpty()) {
                end = runs.get(runs.size() - 1).targetEndOffset();
            }
        }
        return end;
    }

    /** A group has one position in each partition of a target. */
    private record Place(String group, int partition) {}
}
