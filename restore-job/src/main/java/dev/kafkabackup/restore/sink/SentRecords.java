// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.offset.OffsetMapRun;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records of one target partition: source offsets without an answer, first in first out, and the finished runs. Not
 * thread safe.
 */
final class SentRecords {

    private final TopicPartition target;

    /** Sources of the records without an answer, with the number of these records; mostly one. */
    private final Deque<WaitingSource> sources = new ArrayDeque<>();

    private final List<OffsetMapRun> runs = new ArrayList<>();

    private long[] waiting = new long[1024];
    private long[] waitingBytes = new long[waiting.length];
    private int oldest;
    private int count;

    private @Nullable TopicIdPartition runPartition;
    private long runSource;
    private long runTarget;
    private long runLength;

    SentRecords(TopicPartition target) {
        this.target = target;
    }

    boolean isEmpty() {
        return count == 0;
    }

    boolean areOf(String topic, int partition) {
        return target.partition() == partition && target.topic().equals(topic);
    }

    /** Expects no answer to the oldest record any more; which one it is, for a message. */
    String removeOldest() {
        WaitingSource from = sources.element();
        String record = text(from, oldest);
        if (--from.records == 0) {
            sources.remove();
        }
        oldest = (oldest + 1) % waiting.length;
        count--;
        return record;
    }

    /** Expects no answer to the newest record any more; which one it is, for a message. */
    String removeNewest() {
        WaitingSource from = sources.getLast();
        count--;
        String record = text(from, (oldest + count) % waiting.length);
        if (--from.records == 0) {
            sources.removeLast();
        }
        return record;
    }

    private String text(WaitingSource from, int place) {
        return "the record at offset " + waiting[place] + " of " + from.source;
    }

    void add(TopicIdPartition source, long sourceOffset, long bytes) {
        WaitingSource last = sources.peekLast();
        if (last == null || !last.source.equals(source)) {
            last = new WaitingSource(source);
            sources.add(last);
        }
        last.records++;
        if (count == waiting.length) {
            waiting = enlarged(waiting);
            waitingBytes = enlarged(waitingBytes);
            oldest = 0;
        }
        int next = (oldest + count) % waiting.length;
        waiting[next] = sourceOffset;
        waitingBytes[next] = bytes;
        count++;
    }

    private long[] enlarged(long[] ring) {
        long[] larger = new long[2 * count];
        int untilEnd = count - oldest;
        System.arraycopy(ring, oldest, larger, 0, untilEnd);
        System.arraycopy(ring, 0, larger, untilEnd, oldest);
        return larger;
    }

    /** Size of the record that the next answer is about. */
    long oldestBytes() {
        return waitingBytes[oldest];
    }

    /** False if the offset is not behind the one before. */
    boolean answered(long targetOffset) {
        WaitingSource from = sources.element();
        if (--from.records == 0) {
            sources.remove();
        }
        long sourceOffset = waiting[oldest];
        oldest = (oldest + 1) % waiting.length;
        count--;
        if (runLength > 0
                && sourceOffset == runSource + runLength
                && targetOffset == runTarget + runLength
                && from.source.equals(runPartition)) {
            runLength++;
            return true;
        }
        boolean inOrder = runLength == 0 || targetOffset >= runTarget + runLength;
        endRun();
        runPartition = from.source;
        runSource = sourceOffset;
        runTarget = targetOffset;
        runLength = 1;
        return inOrder;
    }

    private void endRun() {
        if (runPartition != null) {
            runs.add(new OffsetMapRun(runPartition, runSource, target, runTarget, runLength));
            runPartition = null;
            runLength = 0;
        }
    }

    void drainTo(List<OffsetMapRun> all) {
        endRun();
        all.addAll(runs);
    }

    /** Where the next records without an answer come from. */
    private static final class WaitingSource {

        private final TopicIdPartition source;
        private int records;

        WaitingSource(TopicIdPartition source) {
            this.source = source;
        }
    }
}
