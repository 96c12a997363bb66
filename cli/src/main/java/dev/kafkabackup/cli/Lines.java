// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Many lines of a result, on standard output: a few of them appear at once, many are gathered. Not thread safe.
 *
 * <p>Closing shows what was gathered; standard output stays open.
 */
final class Lines implements AutoCloseable {

    private static final int GATHERED_BYTES = 64 * 1024;
    private static final long LONGEST_WAIT_NANOS = Duration.ofMillis(100).toNanos();

    @SuppressWarnings("SystemOut") // results belong there
    private final PrintStream out = System.out;

    private final PrintStream gathered =
            new PrintStream(new BufferedOutputStream(out, GATHERED_BYTES), false, StandardCharsets.UTF_8);

    private long shownAtNanos = System.nanoTime() - LONGEST_WAIT_NANOS;

    /**
     * Prints a line.
     *
     * @return whether somebody still reads: with {@code | head} nobody does after a while
     */
    boolean print(String line) {
        gathered.println(line);
        long now = System.nanoTime();
        if (now - shownAtNanos < LONGEST_WAIT_NANOS) {
            return true;
        }
        shownAtNanos = now;
        gathered.flush();
        return !out.checkError();
    }

    @Override
    public void close() {
        gathered.flush();
        out.flush();
    }
}
