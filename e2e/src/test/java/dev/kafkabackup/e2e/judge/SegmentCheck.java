// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Holds what a segment says of itself, in name and footer, against what is in it.
 *
 * @param clusterId the cluster that was backed up
 * @param formatVersion the format that segments have
 * @param partition the partition in whose folder the segment lies
 */
record SegmentCheck(String clusterId, String formatVersion, TopicIdPartition partition) {

    /** Passes on every fault, worded to follow the segment's name. */
    void check(SegmentFile name, SegmentFacts facts, Consumer<String> fault) {
        if (name.endOffset() <= name.startOffset()) {
            fault.accept("has an empty range");
        }
        expect("record count", name.recordCount(), facts.recordCount(), fault);
        expect("smallest timestamp", name.minTimestampMs(), facts.minTimestampMs(), fault);
        expect("largest timestamp", name.maxTimestampMs(), facts.maxTimestampMs(), fault);
        if (facts.maxLeaderEpoch() > name.leaderEpoch()) {
            fault.accept(
                    "says leader epoch %d, but a record has %d".formatted(name.leaderEpoch(), facts.maxLeaderEpoch()));
        }
        if (facts.recordCount() > 0
                && (facts.minOffset() < name.startOffset() || facts.maxOffset() >= name.endOffset())) {
            fault.accept("holds offsets from %d to %d, outside of its range"
                    .formatted(facts.minOffset(), facts.maxOffset()));
        }
        if (!facts.ordered()) {
            fault.accept("has records out of offset order");
        }
        Map<String, Object> footer = Map.of(
                "kafka-backup.format-version", formatVersion,
                "kafka-backup.cluster-id", clusterId,
                "kafka-backup.topic", partition.topic(),
                "kafka-backup.topic-id", partition.topicId(),
                "kafka-backup.partition", partition.partition(),
                "kafka-backup.start-offset", name.startOffset(),
                "kafka-backup.end-offset", name.endOffset());
        footer.forEach((key, expected) -> {
            String found = facts.footer().get(key);
            if (!expected.toString().equals(found)) {
                fault.accept("has %s %s in its footer instead of %s".formatted(key, found, expected));
            }
        });
    }

    private static void expect(String what, long said, long found, Consumer<String> fault) {
        if (said != found) {
            fault.accept("says %s %d, but it is %d".formatted(what, said, found));
        }
    }
}
