// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * Partition numbers as a user lists them.
 *
 * @param numbers 0 or more each
 */
public record PartitionList(Set<Integer> numbers) {

    public PartitionList {
        numbers = Set.copyOf(numbers);
    }

    private static final Pattern PART = Pattern.compile("(\\d{1,6})(?:-(\\d{1,6}))?");

    /** Reads numbers and ranges, both ends of which count: {@code 0,2-5}. */
    public static PartitionList parse(String text) {
        Set<Integer> numbers = new TreeSet<>();
        for (String part : text.split(",", -1)) {
            Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not a list of partitions like 0,2-5");
            }
            int first = Integer.parseInt(matcher.group(1));
            int last = matcher.group(2) == null ? first : Integer.parseInt(matcher.group(2));
            if (last < first) {
                throw new TypeConversionException("'" + part + "' ends before it begins");
            }
            for (int number = first; number <= last; number++) {
                numbers.add(number);
            }
        }
        return new PartitionList(numbers);
    }
}
