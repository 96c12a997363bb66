// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.restore.plan.LeftOutIncarnation;
import dev.kafkabackup.restore.plan.TopicPlan;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * An incarnation that a plan leaves out although it holds wanted records, as {@code --output json} prints it.
 *
 * @param topic name in the backup
 * @param topicId incarnation
 * @param firstSeen when the backup saw it first
 * @param restoredInto incarnations with wanted records that were restored from it
 * @param records number of wanted records, at most
 * @param exact whether there are certainly so many
 * @param minTimestamp smallest timestamp in the segments that would be read; null if there is none
 * @param maxTimestamp largest timestamp in the segments that would be read; null if there is none
 */
record LeftOutView(
        String topic,
        Uuid topicId,
        Instant firstSeen,
        List<Uuid> restoredInto,
        long records,
        boolean exact,
        @Nullable Instant minTimestamp,
        @Nullable Instant maxTimestamp) {

    static LeftOutView of(TopicPlan topic, LeftOutIncarnation leftOut) {
        return new LeftOutView(
                topic.topic(),
                leftOut.topicId(),
                leftOut.firstSeen(),
                leftOut.copies(),
                leftOut.recordsAtMost(),
                leftOut.exact(),
                leftOut.minTimestamp() < 0 ? null : Instant.ofEpochMilli(leftOut.minTimestamp()),
                leftOut.maxTimestamp() < 0 ? null : Instant.ofEpochMilli(leftOut.maxTimestamp()));
    }

    /** One line for the reader, with the option that restores it. */
    String line() {
        return "Left out of %s: %s%d records%s of incarnation %s, first seen %s, %s; --topic-id %s restores %s"
                .formatted(
                        topic,
                        exact ? "" : "at most ",
                        records,
                        minTimestamp == null ? "" : " from " + minTimestamp + " to " + maxTimestamp,
                        topicId,
                        firstSeen,
                        restoredInto.isEmpty()
                                ? "because a newer one has records"
                                : "because %s was restored from it"
                                        .formatted(restoredInto.stream()
                                                .map(Uuid::toString)
                                                .collect(Collectors.joining(" and "))),
                        topicId,
                        restoredInto.isEmpty() ? "it instead, --topic-id all restores all" : "it instead");
    }
}
