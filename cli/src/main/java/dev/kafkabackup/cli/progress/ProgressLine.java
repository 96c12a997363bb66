// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How far one target has come, or all of them.
 *
 * @param name of the target, or "total"
 * @param records that were produced, those of earlier attempts included
 * @param recordsAtMost that will be there in the end
 * @param recordsPerSecond lately
 * @param bytesPerSecond lately: keys, values and headers, before compression
 */
record ProgressLine(String name, long records, long recordsAtMost, double recordsPerSecond, double bytesPerSecond) {

    boolean isComplete() {
        return records >= recordsAtMost;
    }

    /** 0 to 100. */
    int percent() {
        return isComplete() ? 100 : (int) (100.0 * records / recordsAtMost);
    }

    /** How long it will take at this pace; empty if nothing moves or nothing is left. */
    Optional<Duration> toGo() {
        return isComplete() || recordsPerSecond <= 0
                ? Optional.empty()
                : Optional.of(Duration.ofSeconds((long) Math.ceil((recordsAtMost - records) / recordsPerSecond)));
    }

    /** One line; the name is filled up to {@code nameWidth} characters. */
    String text(int nameWidth) {
        return String.format(
                        Locale.ROOT,
                        "%-" + nameWidth + "s  %,15d records  %8.1f MB/s  %3d %%  %s",
                        name,
                        records,
                        bytesPerSecond / 1_000_000,
                        percent(),
                        toGo().map(duration -> text(duration) + " to go").orElse(""))
                .stripTrailing();
    }

    private static String text(Duration duration) {
        if (duration.toHours() > 0) {
            return duration.toHours() + " h " + duration.toMinutesPart() + " min";
        }
        if (duration.toMinutes() > 0) {
            return duration.toMinutes() + " min " + duration.toSecondsPart() + " s";
        }
        return duration.toSeconds() + " s";
    }
}
