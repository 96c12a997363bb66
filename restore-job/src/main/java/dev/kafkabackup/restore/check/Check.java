// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import dev.kafkabackup.error.UsageException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** What is looked at before the first record is produced, and can be allowed by name: {@code --allow retention}. */
public enum Check {
    /** The target holds records; allowed, restored ones come behind them. */
    NOT_EMPTY,
    /** The target is the very topic that was backed up; allowed, its records are appended to themselves. */
    LIVE_SOURCE,
    /** The target's retention would delete restored records; allowed, it does. */
    RETENTION,
    /** The target's log compaction would remove restored records; allowed, it does. */
    COMPACTION,
    /** The target accepts smaller records than the source did; allowed, a larger one ends the restore. */
    MESSAGE_SIZE,
    /** The target accepts no records with such old or new timestamps; allowed, one of them ends the restore. */
    TIMESTAMPS,
    /** The target replaces timestamps by the time of arrival; allowed, the original ones are lost. */
    APPEND_TIME,
    /** Rights are missing, as far as the brokers tell; allowed, the restore tries without. */
    RIGHTS;

    /** As it is written after {@code --allow}. */
    public String option() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads what was written after {@code --allow}: names, separated by commas.
     *
     * @throws UsageException if one of them is no check
     */
    public static Set<Check> parse(String list) {
        Set<Check> checks = EnumSet.noneOf(Check.class);
        for (String name : list.split(",", -1)) {
            checks.add(Arrays.stream(values())
                    .filter(check -> check.option().equals(name.trim()))
                    .findFirst()
                    .orElseThrow(() -> new UsageException(
                            "--allow must be one or more of %s, but is '%s'".formatted(options(), list))));
        }
        return checks;
    }

    /** All of them, as they are written. */
    public static String options() {
        return Arrays.stream(values()).map(Check::option).collect(Collectors.joining(", "));
    }
}
