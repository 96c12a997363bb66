// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import dev.kafkabackup.error.FailedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Tells the demo line by line: numbered steps with the time since the beginning. */
final class Story {

    private static final Duration POLL = Duration.ofMillis(100);

    private final Consumer<String> lines;
    private final long startedNanos = System.nanoTime();
    private int steps;

    Story(Consumer<String> lines) {
        this.lines = lines;
    }

    /** What happens next, or has just happened. */
    void step(String format, Object... arguments) {
        double seconds = Duration.ofNanos(System.nanoTime() - startedNanos).toMillis() / 1_000.0;
        say("%n%2d. [%5.1f s] %s", ++steps, seconds, String.format(Locale.ROOT, format, arguments));
    }

    /** Something about the step. */
    void detail(String format, Object... arguments) {
        say("               %s", String.format(Locale.ROOT, format, arguments));
    }

    /** The command that does the same outside of the demo. */
    void command(String format, Object... arguments) {
        say("               $ ./kafka-backup %s", String.format(Locale.ROOT, format, arguments));
    }

    /** The last line. */
    void end(String verdict) {
        lines.accept("");
        lines.accept(verdict);
    }

    private void say(String format, Object... arguments) {
        String.format(Locale.ROOT, format, arguments).lines().forEach(lines);
    }

    /** Something that may take its time, and fail. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /**
     * Waits until the condition holds.
     *
     * @throws FailedException if it does not in time
     */
    void await(String what, Duration patience, Condition condition) throws IOException {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                throw new FailedException("Waited %d s in vain for %s".formatted(patience.toSeconds(), what));
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
