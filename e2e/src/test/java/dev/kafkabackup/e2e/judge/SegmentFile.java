// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a segment's name claims.
 *
 * @param path where the segment lies
 * @param startOffset first offset of its range, inclusive
 * @param endOffset end of its range, exclusive
 * @param leaderEpoch highest leader epoch in it, -1 if unknown
 * @param minTimestampMs smallest timestamp of its records, -1 if none has one
 * @param maxTimestampMs largest timestamp of its records, -1 if none has one
 * @param recordCount number of its records
 * @param sizeBytes size of the object
 */
public record SegmentFile(
        Path path,
        long startOffset,
        long endOffset,
        int leaderEpoch,
        long minTimestampMs,
        long maxTimestampMs,
        long recordCount,
        long sizeBytes) {

    static final Comparator<SegmentFile> BY_RANGE =
            Comparator.comparingLong(SegmentFile::startOffset).thenComparingLong(SegmentFile::endOffset);

    private static final Pattern NAME =
            Pattern.compile("(\\d{20})_(\\d{20})_(-1|\\d+)_(-1|\\d+)_(-1|\\d+)_(\\d+)_(\\d+)\\.parquet");

    /** What the file's name says, if it is the name of a segment. */
    public static Optional<SegmentFile> parse(Path path) {
        Matcher name = NAME.matcher(path.getFileName().toString());
        if (!name.matches()) {
            return Optional.empty();
        }
        return Optional.of(new SegmentFile(
                path,
                Long.parseLong(name.group(1)),
                Long.parseLong(name.group(2)),
                Integer.parseInt(name.group(3)),
                Long.parseLong(name.group(4)),
                Long.parseLong(name.group(5)),
                Long.parseLong(name.group(6)),
                Long.parseLong(name.group(7))));
    }

    /** The range as people write it. */
    String range() {
        return "[" + startOffset + ", " + endOffset + ")";
    }
}
