// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.storage.BackupStorage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes sealed segments on threads of its own: several at a time, those of one partition one after the other in the
 * order in which they were sealed. A failed upload is repeated until it succeeds; it never fails the job. Closing gives
 * up what is not published: it is read again from Kafka by whoever opens the partition next.
 *
 * <p>Thread safe, though one thread hands in and waits.
 */
final class SegmentPublisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentPublisher.class);
    private static final AtomicInteger THREADS = new AtomicInteger();

    private static final long FIRST_PAUSE_MS = 500;
    private static final long LONGEST_PAUSE_MS = 30_000;

    private final BackupStorage storage;
    private final PublisherMetrics metrics;
    private final ScheduledExecutorService threads;
    private final Consumer<EncodedSegment> published;
    private final RepeatedWarning warning;

    private final Object lock = new Object();
    /** Segments not yet published; the first of each partition is the one on its way. Guarded by the lock. */
    private final Map<TopicIdPartition, Deque<EncodedSegment>> waiting = new HashMap<>();

    private long waitingBytes;

    /**
     * @param storage closed with this publisher
     * @param uploadThreads uploads that run at the same time, 1 or more
     * @param published told of each published segment, on an upload thread
     * @param warning of failed uploads, however many segments there are
     */
    SegmentPublisher(
            BackupStorage storage,
            int uploadThreads,
            PublisherMetrics metrics,
            Consumer<EncodedSegment> published,
            RepeatedWarning warning) {
        this.storage = storage;
        this.metrics = metrics;
        this.published = published;
        this.warning = warning;
        metrics.showWaiting(this::waitingBytes, this::waitingSegments);
        this.threads = Executors.newScheduledThreadPool(uploadThreads, task -> {
            Thread thread = new Thread(task, "segment-upload-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Takes over a sealed segment and returns at once. */
    void publish(EncodedSegment segment) {
        synchronized (lock) {
            Deque<EncodedSegment> queue = waiting.computeIfAbsent(segment.partition(), any -> new ArrayDeque<>());
            queue.add(segment);
            waitingBytes += segment.heapBytes();
            if (queue.size() == 1) {
                threads.execute(() -> attempt(segment, FIRST_PAUSE_MS));
            }
        }
    }

    /** Bytes of memory held by segments that are not published yet. */
    long waitingBytes() {
        synchronized (lock) {
            return waitingBytes;
        }
    }

    /** Segments that are sealed and not published yet, those on their way included. */
    private long waitingSegments() {
        synchronized (lock) {
            return waiting.values().stream().mapToLong(Deque::size).sum();
        }
    }

    /** Waits until there is nothing to publish, or the time is over; true if everything is published. */
    boolean awaitAll(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        synchronized (lock) {
            while (!waiting.isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                lock.wait(left);
            }
            return true;
        }
    }

    /** Waits until one more segment is published than now, if any is on its way. */
    void awaitNext() throws InterruptedException {
        synchronized (lock) {
            long before = waitingBytes;
            while (!waiting.isEmpty() && waitingBytes >= before) {
                lock.wait();
            }
        }
    }

    private void attempt(EncodedSegment segment, long pauseMs) {
        String path = BackupLayout.segment(segment.partition(), segment.name());
        try {
            storage.publish(path, segment);
        } catch (Throwable e) {
            if (threads.isShutdown()) {
                LOG.debug("Segment {} is given up: the job ends", segment);
                return;
            }
            // whatever it is, the segment has to be published before anything behind it
            metrics.failed(e);
            warn(segment, e);
            long jitter = ThreadLocalRandom.current().nextLong(pauseMs / 2 + 1);
            Future<?> unused = threads.schedule(
                    () -> attempt(segment, Math.min(pauseMs * 2, LONGEST_PAUSE_MS)),
                    pauseMs + jitter,
                    TimeUnit.MILLISECONDS);
            return;
        }
        metrics.published(segment);
        published.accept(segment);
        LOG.info("Published {} of {}", segment.name(), segment.partition());
        published(segment);
    }

    private void published(EncodedSegment segment) {
        synchronized (lock) {
            Deque<EncodedSegment> queue = waiting.get(segment.partition());
            if (queue == null || queue.remove() != segment) {
                throw new IllegalStateException("Segment " + segment + " was published out of turn");
            }
            waitingBytes -= segment.heapBytes();
            EncodedSegment next = queue.peek();
            if (next == null) {
                waiting.remove(segment.partition());
            } else {
                threads.execute(() -> attempt(next, FIRST_PAUSE_MS));
            }
            lock.notifyAll();
        }
    }

    private void warn(EncodedSegment segment, Throwable e) {
        warning.failed(failures -> LOG.warn(
                "Segment {} of {} cannot be published yet and is tried again until it can; {} uploads failed since the"
                        + " last such line, {} bytes wait: {}",
                segment.name().range(),
                segment.partition(),
                failures,
                waitingBytes(),
                e.toString()));
    }

    @Override
    public void close() {
        threads.shutdownNow();
        storage.close();
    }
}
