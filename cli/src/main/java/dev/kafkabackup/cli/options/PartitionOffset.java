// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * An offset of one partition, as a user writes it.
 *
 * @param partition 0 or more
 * @param offset 0 or more
 */
public record PartitionOffset(int partition, long offset) {

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,6}):(\\d{1,18})");

    /** Reads {@code P:N}. */
    public static PartitionOffset parse(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a partition with an offset, written like 3:120");
        }
        return new PartitionOffset(Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)));
    }
}
