// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import java.io.InterruptedIOException;

/** Spreads work over time, so that what runs beside keeps its share of the network and of the processor. */
final class Pace {

    private final long bytesPerSecond;
    private final Pause pause;

    /** @param bytesPerSecond on average; 0 for no limit */
    Pace(long bytesPerSecond) {
        this(bytesPerSecond, Thread::sleep);
    }

    /** @param pause how time passes */
    Pace(long bytesPerSecond, Pause pause) {
        this.bytesPerSecond = bytesPerSecond;
        this.pause = pause;
    }

    /** As {@link Thread#sleep(long)}. */
    interface Pause {
        void millis(long millis) throws InterruptedException;
    }

    /**
     * Waits for as long as so many bytes may take.
     *
     * @throws InterruptedIOException if there is nothing to wait for any more, because everything stops
     */
    void after(long bytes) throws InterruptedIOException {
        if (bytesPerSecond > 0) {
            try {
                pause.millis(bytes * 1_000 / bytesPerSecond);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Maintenance was interrupted");
            }
        }
    }
}
