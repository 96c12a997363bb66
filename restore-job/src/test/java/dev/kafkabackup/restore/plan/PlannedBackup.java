// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

/** A backup with two incarnations of one topic, and plans to restore from it. */
final class PlannedBackup implements AutoCloseable {

    static final TopicIncarnation OLD = new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    static final TopicIncarnation NEW = new TopicIncarnation("orders", Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"));

    private final BackupFixture files;

    /** @param folder an empty one */
    PlannedBackup(Path folder) {
        this.files = new BackupFixture(folder);
    }

    BackupFixture files() {
        return files;
    }

    /** A segment whose records have their offsets as timestamps. */
    SegmentName segment(TopicIdPartition partition, long start, long end, int leaderEpoch) throws IOException {
        List<SegmentRecord> records = LongStream.range(start, end)
                .mapToObj(offset -> BackupFixture.record(offset, offset))
                .toList();
        return files.segment(partition, start, end, leaderEpoch, records);
    }

    TopicPlan plan(RestoreSelection selection) throws IOException {
        return new RestorePlanner(files.storage()).plan(List.of(selection)).get(0);
    }

    static PlannedSource source(TopicPlan plan, int partition) {
        return plan.partitions().get(partition).sources().get(0);
    }

    static RestoreSelection select(Optional<Uuid> topicId, Set<Integer> partitions, TimeRange time) {
        return new RestoreSelection(
                "orders",
                "restored",
                topicId.<IncarnationChoice>map(IncarnationChoice.One::new).orElse(IncarnationChoice.NEWEST),
                partitions,
                RecordSelection.of(time));
    }

    @Override
    public void close() {
        files.close();
    }
}
