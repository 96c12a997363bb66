// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.config;

import dev.kafkabackup.error.UsageException;
import java.time.Duration;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * Options that are checked when they are read: what cannot be read or is out of range is a {@link UsageException} that
 * names the option, its value and what is allowed.
 */
public final class CheckedOptions {

    /** Value of a duration that does not end. */
    public static final String NEVER = "never";

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final ReadableConfig options;

    /** Reads these options. */
    public CheckedOptions(ReadableConfig options) {
        this.options = options;
    }

    /** The value, or its default. */
    public <T> T value(ConfigOption<T> option) {
        try {
            return options.get(option);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--%s must be %s, but is '%s'".formatted(option.key(), kind(option.defaultValue()), text(option)),
                    e);
        }
    }

    private String text(ConfigOption<?> option) {
        return options.toMap().getOrDefault(option.key(), "");
    }

    private static String kind(@Nullable Object example) {
        if (example instanceof Duration) {
            return "a duration like 30s or 7d";
        }
        if (example instanceof MemorySize) {
            return "a size like 48mb";
        }
        return example instanceof Boolean ? "true or false" : "a number";
    }

    /** A duration between 100 ms and 365 days. */
    public Duration duration(ConfigOption<Duration> option) {
        Duration value = value(option);
        check(value.compareTo(LONGEST) <= 0, option, value, "365d or less");
        check(value.compareTo(SHORTEST) >= 0, option, value.toMillis() + "ms", "100ms or more");
        return value;
    }

    /** A duration of any length; null for {@link #NEVER}. */
    public @Nullable Duration durationOrNever(ConfigOption<String> option) {
        String text = value(option);
        if (text.equals(NEVER)) {
            return null;
        }
        try {
            return TimeUtils.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--%s must be a duration like 7d, or %s, but is '%s'".formatted(option.key(), NEVER, text), e);
        }
    }

    /** A number in the given range, both ends included. */
    public int number(ConfigOption<Integer> option, int min, int max) {
        int value = value(option);
        check(value >= min && value <= max, option, value, "between " + min + " and " + max);
        return value;
    }

    /** A size in the given range, both ends included. */
    public MemorySize size(ConfigOption<MemorySize> option, MemorySize min, MemorySize max) {
        MemorySize value = value(option);
        check(value.compareTo(min) >= 0 && value.compareTo(max) <= 0, option, value, "between " + min + " and " + max);
        return value;
    }

    private static void check(boolean condition, ConfigOption<?> option, Object value, String allowed) {
        if (!condition) {
            throw new UsageException("--%s must be %s, but is '%s'".formatted(option.key(), allowed, value));
        }
    }
}
