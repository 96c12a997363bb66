// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.select.RecordSelection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class SourceProgressTest {

    private final AtomicLong now = new AtomicLong(-7);
    private final SourceProgress progress = new SourceProgress(now::get);

    @Test
    void whatWasReadBeforeARestartCountsAsReadButSaysNothingAboutThePace() {
        SegmentSplit split = split(0, 1_000, 400);
        progress.begun(split, new SegmentSplitState(split));

        assertThat(progress.percentRead()).isEqualTo(40);
        pass(Duration.ofSeconds(10));
        assertThat(progress.secondsLeft()).isEqualTo(-1);
    }

    @Test
    void halfDoneInTenSecondsLeavesTenSeconds() {
        SegmentSplit done = split(0, 500, 0);
        SegmentSplit waiting = split(1, 500, 0);
        progress.begun(done, new SegmentSplitState(done));
        progress.begun(waiting, new SegmentSplitState(waiting));
        pass(Duration.ofSeconds(10));
        progress.finished(List.of(done.splitId()));

        assertThat(progress.percentRead()).isEqualTo(50);
        assertThat(progress.secondsLeft()).isEqualTo(10);

        progress.finished(List.of(waiting.splitId()));
        assertThat(progress.percentRead()).isEqualTo(100);
        assertThat(progress.secondsLeft()).isZero();
    }

    @Test
    void nothingToDoIsDone() {
        assertThat(progress.percentRead()).isEqualTo(100);
        assertThat(progress.secondsLeft()).isZero();
    }

    private static SegmentSplit split(int partition, long offsets, long nextOffset) {
        TopicPartition target = new TopicPartition("orders", partition);
        return new SegmentSplit(
                target,
                RecordSelection.ALL,
                OnCorrupt.STOP,
                nextOffset,
                List.of(new SourceOffsets(
                        new TopicIdPartition(Uuid.ONE_UUID, target), List.of(new OffsetRange(0, offsets)), 1)));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }
}
