// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.snapshot;

import java.time.Instant;

/**
 * When something was observed, for histories in which the newest entry counts: never before the entry that it follows,
 * even if that was written by a host whose clock is ahead.
 */
final class Moment {

    private Moment() {}

    /** Now, or the millisecond after the given moment if that is not past yet. */
    static Instant after(Instant before) {
        Instant now = Instant.now();
        Instant earliest = before.plusMillis(1);
        return now.isBefore(earliest) ? earliest : now;
    }
}
