// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

/**
 * Reads the numbers of a segment's name one after the other, in place: a plan may have a million names. It takes a
 * number only as it would be printed, because in another form it is another object's name.
 */
final class NameNumbers {

    private static final char SEPARATOR = '_';

    private final String text;
    private final int end;
    private int next;

    /** @param end where the last number ends in the text */
    NameNumbers(String text, int end) {
        this.text = text;
        this.end = end;
    }

    /**
     * The next number, which is not negative and has leading zeros.
     *
     * @throws NumberFormatException if there is none of so many digits
     * @throws ArithmeticException if it is too large
     */
    long padded(int digits) {
        int start = next;
        long number = digits();
        if (next - 1 - start != digits) {
            throw new NumberFormatException("Not a number of " + digits + " digits");
        }
        return number;
    }

    /**
     * The next number, which has no leading zeros and may be negative.
     *
     * @throws NumberFormatException if there is none
     * @throws ArithmeticException if it is too large
     */
    long plain() {
        boolean negative = next < end && text.charAt(next) == '-';
        next += negative ? 1 : 0;
        int start = next;
        long number = digits();
        if (text.charAt(start) == '0' && (negative || next - 1 - start > 1)) {
            throw new NumberFormatException("Not a number as it is printed");
        }
        return negative ? -number : number;
    }

    /** Reads up to the separator, or the end, and steps over it. */
    private long digits() {
        int start = next;
        long number = 0;
        while (next < end && text.charAt(next) != SEPARATOR) {
            int digit = text.charAt(next++) - '0';
            if (digit < 0 || digit > 9) {
                throw new NumberFormatException("Not a digit");
            }
            number = Math.addExact(Math.multiplyExact(number, 10L), digit);
        }
        if (next == start) {
            throw new NumberFormatException("No digit");
        }
        next++;
        return number;
    }

    /** Whether there is nothing behind the number that was read last. */
    boolean atEnd() {
        return next == end + 1;
    }
}
