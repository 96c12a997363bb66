// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.recovery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks again and again at what an S3 server holds of a topic, on a thread of its own, and notes when each segment was
 * first seen. That is later than it was durable by the time of one look.
 */
public final class BucketWatch implements AutoCloseable {

    /** {@code <start>_<end>_..._<bytes>.parquet} */
    private static final Pattern SEGMENT = Pattern.compile("(\\d{20})_(\\d{20})_.*_(\\d+)\\.parquet");

    private static final Pattern PARTITION = Pattern.compile("partition=(\\d+)");
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Path topic;
    private final List<Seen> seen = new ArrayList<>();
    private final Set<Path> known = new HashSet<>();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::run, "bucket-watch");
    private volatile boolean stopping;

    private BucketWatch(Path topic) {
        this.topic = topic;
    }

    /**
     * A segment.
     *
     * @param startOffset inclusive
     * @param endOffset exclusive
     * @param seenAtMs epoch ms
     */
    public record Seen(int partition, long startOffset, long endOffset, long seenAtMs) {}

    /** Begins to look; the root need not be there yet. */
    public static BucketWatch start(Path root, String topic) {
        BucketWatch watch = new BucketWatch(root.resolve("topics").resolve("topic=" + topic));
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!stopping) {
                look();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (IOException | RuntimeException e) {
            failure.set(e);
        }
    }

    private void look() throws IOException {
        for (Path incarnation : children(topic)) {
            for (Path folder : children(incarnation)) {
                Matcher partition = PARTITION.matcher(folder.getFileName().toString());
                if (partition.matches()) {
                    look(Integer.parseInt(partition.group(1)), folder);
                }
            }
        }
    }

    private void look(int partition, Path folder) throws IOException {
        for (Path file : children(folder)) {
            Matcher segment = SEGMENT.matcher(file.getFileName().toString());
            if (!known.contains(file) && segment.matches() && Files.size(file) == Long.parseLong(segment.group(3))) {
                known.add(file);
                add(new Seen(
                        partition,
                        Long.parseLong(segment.group(1)),
                        Long.parseLong(segment.group(2)),
                        System.currentTimeMillis()));
            }
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private synchronized void add(Seen segment) {
        seen.add(segment);
    }

    /** Every segment so far, in the order in which they were seen. */
    public synchronized List<Seen> seen() {
        return List.copyOf(seen);
    }

    /** @throws IllegalStateException if it could not look */
    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Exception first = failure.get();
        if (first != null) {
            throw new IllegalStateException("The bucket cannot be looked at below " + topic, first);
        }
    }
}
