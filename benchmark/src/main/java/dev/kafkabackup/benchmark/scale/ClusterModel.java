// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.scale;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * What the backup of a cluster comes to, by calculation: with traffic in every partition all the time, and storage that
 * charges for requests and bytes.
 *
 * @param partitions of the cluster
 * @param bytesPerSecond of keys, values and headers, into all partitions together
 * @param kept how long a record stays in the backup: in Kafka, and the grace
 * @param measured what the calculation rests on
 */
public record ClusterModel(int partitions, double bytesPerSecond, Duration kept, Coefficients measured) {

    private static final double DAY_SECONDS = 86_400;
    private static final double MEGABYTE = 1e6;
    private static final double GIGABYTE = 1e9;
    private static final double TERABYTE = 1e12;
    private static final double MERGED_BYTES = 48 * 1024 * 1024;

    /** The page of the values that is not compressed yet when a segment is sealed. */
    private static final double PAGE_BYTES = 1024 * 1024;

    private static final double OBJECTS_IN_ONE_ANSWER = 1000;

    /**
     * For each segment: its put and that of the merged one with what looks them up; and what merging reads and asks.
     */
    private static final int PUT_AND_LIST_OF_A_SEGMENT = 2;

    private static final int GET_AND_HEAD_OF_A_SEGMENT = 3;

    /** Of S3 Standard in us-east-1, in dollars. */
    private static final double PUT_PRICE = 0.005 / 1000;

    private static final double GET_PRICE = 0.0004 / 1000;
    private static final double GIGABYTE_MONTH_PRICE = 0.023;

    /** Listings that one subtask has under way. */
    private static final int LISTINGS_AT_ONCE = 8;

    private static final double LISTING_SECONDS = 0.1;

    /**
     * What was measured.
     *
     * @param storedPerByte stored bytes for a byte of key, value or header
     * @param cpuSecondsPerGigabyte of a running backup
     * @param startMicrosPerSegment CPU time of a starting backup for each segment of the listing
     * @param subtasks of the backup
     */
    public record Coefficients(
            double storedPerByte, double cpuSecondsPerGigabyte, double startMicrosPerSegment, int subtasks) {

        /** By the benchmark of the JSON profile, and the measurement of the inner loops. */
        public static final Coefficients JSON = new Coefficients(0.21, 6, 1.4, 16);
    }

    /** 10,000 partitions, 1 GB/s, 30 days in Kafka and 7 days of grace. */
    public static final ClusterModel LARGE = new ClusterModel(10_000, GIGABYTE, Duration.ofDays(37), Coefficients.JSON);

    /** As Markdown, a column for each age at which segments are sealed. */
    public String table(List<Duration> segmentAges) {
        List<Column> columns = segmentAges.stream().map(Column::new).toList();
        List<String> lines = new ArrayList<>();
        lines.add(row("`--segment-age`", columns, Column::age));
        lines.add("| --- |" + " ---: |".repeat(columns.size()));
        lines.add(row("segments published a day", columns, Column::published));
        lines.add(row("PUT and LIST a day", columns, Column::putAndList));
        lines.add(row("GET and HEAD a day", columns, Column::getAndHead));
        lines.add(row("stored at last", columns, Column::stored));
        lines.add(row("objects at last, merged to 48 MiB", columns, Column::objects));
        lines.add(row("listings of a start", columns, Column::listings));
        lines.add(row("open segments in memory just before they are sealed", columns, Column::open));
        lines.add(row("cores that read and write", columns, Column::cores));
        return String.join("\n", lines) + "\n";
    }

    private static String row(String what, List<Column> columns, Function<Column, String> cell) {
        StringBuilder line = new StringBuilder("| ").append(what).append(" |");
        columns.forEach(column -> line.append(' ').append(cell.apply(column)).append(" |"));
        return line.toString();
    }

    double segmentsPerDay(Duration age) {
        return partitions * DAY_SECONDS / age.toSeconds();
    }

    double segmentBytes(Duration age) {
        return bytesPerSecond * age.toSeconds() * measured.storedPerByte() / partitions;
    }

    double storedBytes() {
        return bytesPerSecond * measured.storedPerByte() * kept.toSeconds();
    }

    double mergedObjects() {
        return storedBytes() / MERGED_BYTES;
    }

    /** Requests for the listings of all partitions. */
    double listingRequests() {
        return partitions * Math.ceil(mergedObjects() / partitions / OBJECTS_IN_ONE_ANSWER);
    }

    /** How long a start waits for its listings, in seconds. */
    double listingSeconds() {
        return listingRequests() / measured.subtasks() / LISTINGS_AT_ONCE * LISTING_SECONDS;
    }

    /** The figures for one age. */
    private final class Column {

        private final Duration age;

        Column(Duration age) {
            this.age = age;
        }

        String age() {
            return age.toMinutes() + " min";
        }

        String published() {
            return String.format(Locale.ROOT, "%,.0f of %.1f MB", segmentsPerDay(age), segmentBytes(age) / MEGABYTE);
        }

        String putAndList() {
            double requests = PUT_AND_LIST_OF_A_SEGMENT * segmentsPerDay(age);
            return String.format(Locale.ROOT, "%,.0f (%.0f $)", requests, requests * PUT_PRICE);
        }

        String getAndHead() {
            double requests = GET_AND_HEAD_OF_A_SEGMENT * segmentsPerDay(age);
            return String.format(Locale.ROOT, "%,.0f (%.0f $)", requests, requests * GET_PRICE);
        }

        String stored() {
            return String.format(
                    Locale.ROOT,
                    "%.0f TB (%,.0f $ a month)",
                    storedBytes() / TERABYTE,
                    storedBytes() / GIGABYTE * GIGABYTE_MONTH_PRICE);
        }

        String objects() {
            return String.format(Locale.ROOT, "%,.0f", mergedObjects());
        }

        String listings() {
            return String.format(
                    Locale.ROOT,
                    "%,.0f in %.0f s, and %.0f CPU s for their names",
                    listingRequests(),
                    listingSeconds(),
                    mergedObjects() * measured.startMicrosPerSegment() / 1e6);
        }

        String open() {
            return String.format(Locale.ROOT, "%.0f GB", partitions * (segmentBytes(age) + PAGE_BYTES) / GIGABYTE);
        }

        String cores() {
            return String.format(Locale.ROOT, "%.0f", bytesPerSecond / GIGABYTE * measured.cpuSecondsPerGigabyte());
        }
    }
}
