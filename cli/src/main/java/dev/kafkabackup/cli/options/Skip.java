// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.select.TimeRange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/** Wrong data that is not to be restored, as a user writes it: a time range, or offsets of one partition. */
public sealed interface Skip {

    Pattern OFFSETS = Pattern.compile("(\\d{1,6}):(\\d{1,18})-(\\d{1,18})");

    /** Reads {@code T1/T2}, the second exclusive, or {@code P:N-M}, both offsets included. */
    static Skip parse(String text) {
        int slash = text.indexOf('/');
        try {
            if (slash >= 0) {
                return new Times(new TimeRange(
                        Moment.parse(text.substring(0, slash)).toEpochMilli(),
                        Moment.parse(text.substring(slash + 1)).toEpochMilli()));
            }
            Matcher matcher = OFFSETS.matcher(text);
            if (matcher.matches()) {
                return new Offsets(
                        Integer.parseInt(matcher.group(1)),
                        new OffsetRange(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)) + 1));
            }
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException("'" + text + "' ends before it begins");
        }
        throw new TypeConversionException(
                "'" + text + "' is neither a time range like 2026-03-01T12:00:00Z/2026-03-01T12:05:00Z"
                        + " nor offsets of a partition like 3:120-140");
    }

    /** Records with such timestamps. */
    record Times(TimeRange range) implements Skip {}

    /** Records at such offsets of a partition. */
    record Offsets(int partition, OffsetRange range) implements Skip {}
}
