// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A condition on the key or on a header of a record, compared as UTF-8 text. A negated condition is met by exactly the
 * records that the plain one refuses, also by those without a key or without the header.
 *
 * @param header name of the header, of which a record may have several: one of them has to match; null for the key
 * @param negated whether the records that match are those that are not wanted
 * @param regex whether {@code text} is a regular expression for the whole value
 * @param text the value that is compared
 */
public record Condition(@Nullable String header, boolean negated, boolean regex, String text) {

    private static final Pattern SYNTAX =
            Pattern.compile("(key|header:(?<header>.+?))(?<operator>!?[=~])(?<text>.*)", Pattern.DOTALL);

    /** @throws IllegalArgumentException if the regular expression is none */
    public Condition {
        if (regex) {
            try {
                Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(
                        "'" + text + "' is not a regular expression: " + e.getDescription(), e);
            }
        }
    }

    /**
     * Reads {@code key=TEXT}, {@code key~REGEX}, {@code header:NAME=TEXT} or {@code header:NAME~REGEX}; {@code !=} and
     * {@code !~} negate. A header's name ends before the first operator.
     *
     * @throws IllegalArgumentException if it is none of these
     */
    public static Condition parse(String expression) {
        Matcher matcher = SYNTAX.matcher(expression);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + expression
                    + "' is not a condition like key=TEXT, key~REGEX, header:NAME=TEXT or header:NAME!~REGEX");
        }
        String operator = matcher.group("operator");
        return new Condition(
                matcher.group("header"), operator.startsWith("!"), operator.endsWith("~"), matcher.group("text"));
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return (header == null ? "key" : "header:" + header) + (negated ? "!" : "") + (regex ? "~" : "=") + text;
    }
}
