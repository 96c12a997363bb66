// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.jspecify.annotations.Nullable;

/** What is found about one partition while it is verified. Used from one thread. */
final class PartitionFindings {

    /** More of one kind would help nobody. */
    static final int DIFFERENCES_NAMED = 5;

    private final TopicIdPartition partition;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<SegmentName> damaged = new HashSet<>();

    PartitionFindings(TopicIdPartition partition) {
        this.partition = partition;
    }

    void add(Kind kind, @Nullable String object, @Nullable OffsetRange offsets, String what) {
        findings.add(new Finding(
                kind, partition.topic(), partition.topicId(), partition.partition(), object, offsets, what));
    }

    /** The segment does not hold what it should. */
    void addDamaged(SegmentName name) {
        damaged.add(name);
    }

    /** The segments that do not hold what they should. */
    Set<SegmentName> damaged() {
        return Set.copyOf(damaged);
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }
}
