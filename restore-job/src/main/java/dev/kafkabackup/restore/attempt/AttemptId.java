// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import java.io.Serializable;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an attempt of a restore. Attempts are totally ordered, also two that were begun at the same moment and got the
 * same number: of any two exactly one is the newer one.
 *
 * @param number 1 for the first attempt, then one more than the newest that was seen
 * @param token four hexadecimal digits, so that two attempts never write the same object
 */
public record AttemptId(int number, String token) implements Comparable<AttemptId>, Serializable {

    private static final long serialVersionUID = 1L;

    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,8})-([0-9a-f]{4})");
    private static final Comparator<AttemptId> ORDER =
            Comparator.comparingInt(AttemptId::number).thenComparing(AttemptId::token);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** The attempt after all of which the newest has this number; 0 if there is none. */
    static AttemptId after(int newest) {
        return new AttemptId(newest + 1, String.format(Locale.ROOT, "%04x", RANDOM.nextInt(1 << 16)));
    }

    /** Reads what {@link #toString} writes; empty if it is something else. */
    public static Optional<AttemptId> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new AttemptId(Integer.parseInt(matcher.group(1)), matcher.group(2)))
                : Optional.empty();
    }

    @Override
    public int compareTo(AttemptId other) {
        return ORDER.compare(this, other);
    }

    /** As in the names of its objects and of its transactions: {@code 2-9a3f}. */
    @Override
    public String toString() {
        return number + "-" + token;
    }
}
