// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows how far something has come, as often as the screen wants it, until it is closed. */
public final class Shown implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Shown.class);

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "progress");
        thread.setDaemon(true);
        return thread;
    });

    private Shown() {}

    /**
     * Starts to show.
     *
     * @param lines asked for on a thread of its own; none are shown if there are none
     */
    public static Shown on(Screen screen, Supplier<List<String>> lines) {
        Shown shown = new Shown();
        long interval = screen.interval().toMillis();
        // it ends with the clock, and show() throws nothing
        ScheduledFuture<?> unused =
                shown.clock.scheduleAtFixedRate(() -> show(screen, lines), interval, interval, TimeUnit.MILLISECONDS);
        return shown;
    }

    private static void show(Screen screen, Supplier<List<String>> lines) {
        try {
            List<String> now = lines.get();
            if (!now.isEmpty()) {
                screen.show(now);
            }
        } catch (RuntimeException e) {
            LOG.warn("Progress cannot be shown", e);
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }
}
