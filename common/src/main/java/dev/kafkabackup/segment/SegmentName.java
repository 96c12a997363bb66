// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.offset.OffsetRange;
import java.util.Optional;

/**
 * The name of a segment's object, which says everything that a plan needs: {@code <start>_<end>_<leader epoch>_<min
 * ts>_<max ts>_<records>_<bytes>.parquet}.
 *
 * @param range the offsets that the segment covers
 * @param leaderEpoch highest epoch of its records and of the fetch position after them; -1 unknown
 * @param minTimestamp smallest timestamp of all records in epoch ms; -1 if none has one
 * @param maxTimestamp largest timestamp of all records in epoch ms; -1 if none has one
 * @param records number of records; 0 to the range's length
 * @param sizeBytes size of the object, 1 or more; an object of another size is not a segment
 */
public record SegmentName(
        OffsetRange range, int leaderEpoch, long minTimestamp, long maxTimestamp, long records, long sizeBytes) {

    /** How every segment's object name ends. */
    public static final String SUFFIX = ".parquet";

    private static final int OFFSET_DIGITS = 20;
    private static final String ZEROS = "0".repeat(OFFSET_DIGITS);

    /** @throws IllegalArgumentException if the numbers contradict each other */
    public SegmentName {
        if (leaderEpoch < -1) {
            throw new IllegalArgumentException(
                    "leaderEpoch of " + range + " must be -1 or more, but is " + leaderEpoch);
        }
        if (records < 0 || records > range.length()) {
            throw new IllegalArgumentException(
                    "records of %s must be between 0 and %d, but is %d".formatted(range, range.length(), records));
        }
        if (minTimestamp < -1 || maxTimestamp < minTimestamp) {
            throw new IllegalArgumentException("timestamps of %s must be -1 or more and in order, but are %d and %d"
                    .formatted(range, minTimestamp, maxTimestamp));
        }
        if ((minTimestamp == -1) != (maxTimestamp == -1)) {
            throw new IllegalArgumentException("timestamps of %s must both be -1 or neither, but are %d and %d"
                    .formatted(range, minTimestamp, maxTimestamp));
        }
        if (records == 0 && maxTimestamp != -1) {
            throw new IllegalArgumentException("timestamps of %s must be -1 without records, but are %d and %d"
                    .formatted(range, minTimestamp, maxTimestamp));
        }
        if (sizeBytes < 1) {
            throw new IllegalArgumentException("sizeBytes of " + range + " must be 1 or more, but is " + sizeBytes);
        }
    }

    /** Reads an object's name (no folder); empty if it is not a segment's name. */
    public static Optional<SegmentName> parse(String fileName) {
        if (!fileName.endsWith(SUFFIX)) {
            return Optional.empty();
        }
        NameNumbers numbers = new NameNumbers(fileName, fileName.length() - SUFFIX.length());
        try {
            SegmentName name = new SegmentName(
                    new OffsetRange(numbers.padded(OFFSET_DIGITS), numbers.padded(OFFSET_DIGITS)),
                    Math.toIntExact(numbers.plain()),
                    numbers.plain(),
                    numbers.plain(),
                    numbers.plain(),
                    numbers.plain());
            return numbers.atEnd() ? Optional.of(name) : Optional.empty();
        } catch (IllegalArgumentException | ArithmeticException e) {
            // numbers out of range, or numbers that contradict each other: nothing that a writer of segments publishes
            return Optional.empty();
        }
    }

    /**
     * Whether a record with such a timestamp may be in here: {@code from} inclusive, {@code to} exclusive, in epoch ms.
     */
    public boolean mayHoldTimestamps(long from, long to) {
        return maxTimestamp >= from && minTimestamp < to;
    }

    /** The object's name, without a folder. */
    public String fileName() {
        return withoutSize() + "_" + sizeBytes + SUFFIX;
    }

    /** The name as far as it is known before the object is complete. */
    String withoutSize() {
        StringBuilder name = new StringBuilder(128);
        return name.append(padded(range.startOffset()))
                .append('_')
                .append(padded(range.endOffset()))
                .append('_')
                .append(leaderEpoch)
                .append('_')
                .append(minTimestamp)
                .append('_')
                .append(maxTimestamp)
                .append('_')
                .append(records)
                .toString();
    }

    /** With leading zeros; String.format needs ten times as long. */
    private static String padded(long offset) {
        String digits = Long.toString(offset);
        return digits.length() < OFFSET_DIGITS ? ZEROS.substring(digits.length()) + digits : digits;
    }

    @Override
    public String toString() {
        return fileName();
    }
}
