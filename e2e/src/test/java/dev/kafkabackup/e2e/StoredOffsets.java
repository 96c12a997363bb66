// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.SegmentFile;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

/**
 * How far the backup of a topic has come, by the judge's own listing. Offsets are those of a topic that begins at 0.
 */
final class StoredOffsets {

    private final Judge judge;
    private final String topic;
    private final Uuid topicId;

    StoredOffsets(Judge judge, String topic, Uuid topicId) {
        this.judge = judge;
        this.topic = topic;
        this.topicId = topicId;
    }

    /** For each partition with segments the first offset from 0 on that no segment covers. */
    NavigableMap<Integer, Long> coveredUpTo() {
        NavigableMap<Integer, Long> covered = new TreeMap<>();
        judge.segments(topic, topicId).forEach((partition, segments) -> {
            long end = 0;
            for (SegmentFile segment : segments) {
                if (segment.startOffset() > end) {
                    break;
                }
                end = Math.max(end, segment.endOffset());
            }
            covered.put(partition, end);
        });
        return covered;
    }

    /** Whether every record that is known to be committed lies in a covered range. */
    boolean hold(ProducedLog produced) {
        Map<Integer, Long> covered = coveredUpTo();
        return produced.partitions(topicId).stream().allMatch(partition -> {
            NavigableMap<Long, ProducedRecord> records =
                    produced.records(new TopicIdPartition(topicId, partition, topic));
            return records.isEmpty() || records.lastKey() < covered.getOrDefault(partition, 0L);
        });
    }

    /** Whether the file is there as a segment of the topic. */
    boolean hold(Path segment) {
        return judge.segments(topic, topicId).values().stream()
                .flatMap(List::stream)
                .anyMatch(stored -> stored.path().equals(segment));
    }

    /** How many segments there are. */
    int segmentCount() {
        return judge.segments(topic, topicId).values().stream()
                .mapToInt(List::size)
                .sum();
    }

    /** How many segments begin with offsets that others cover as well. */
    int overlaps() {
        int overlaps = 0;
        for (List<SegmentFile> segments : judge.segments(topic, topicId).values()) {
            long end = 0;
            for (SegmentFile segment : segments) {
                overlaps += segment.startOffset() < end ? 1 : 0;
                end = Math.max(end, segment.endOffset());
            }
        }
        return overlaps;
    }

    /** Kafka's last stable offset of each partition that has ever held something. */
    NavigableMap<Integer, Long> lastStable(Admin admin, int partitions) throws Exception {
        Map<TopicPartition, OffsetSpec> question = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            question.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin
                .listOffsets(question, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .entrySet()
                .stream()
                .filter(answer -> answer.getValue().offset() > 0)
                .collect(Collectors.toMap(
                        answer -> answer.getKey().partition(),
                        answer -> answer.getValue().offset(),
                        Math::max,
                        TreeMap::new));
    }
}
