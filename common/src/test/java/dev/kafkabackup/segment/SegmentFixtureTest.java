// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static dev.kafkabackup.segment.Segments.bytes;
import static dev.kafkabackup.segment.Segments.describe;
import static dev.kafkabackup.segment.Segments.read;
import static dev.kafkabackup.segment.Segments.segment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.FileChecksum;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.FileMetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A segment of each format version, as the release that introduced it wrote it, can be read for ever. Fixtures are
 * never edited; beside each lies what is in it.
 */
class SegmentFixtureTest {

    private static final String FOLDER = "src/test/resources/segment";
    private static final SegmentName V1 = SegmentName.parse(
                    "00000000000000000100_00000000000000000140_7_0_1700000000999_20_2967.parquet")
            .orElseThrow();

    @Test
    void version1IsRead() throws IOException {
        assertThat(describe(read(V1, resource("v1-" + V1.fileName()))))
                .isEqualTo(new String(resource("v1-" + V1.fileName() + ".txt"), StandardCharsets.UTF_8)
                        .lines()
                        .toList());
    }

    /**
     * Not byte by byte: Parquet writes the set of a column's encodings in an order that differs from run to run, and
     * statistics of columns, which nobody needs, come and go.
     */
    @Test
    void theNewestIsAlsoWhatWeWrite() throws IOException {
        EncodedSegment today = segment(100, 140, 7, records());

        assertThat(today.name())
                .usingRecursiveComparison()
                .ignoringFields("sizeBytes")
                .isEqualTo(V1);
        assertThat(footer(bytes(today))).isEqualTo(footer(resource("v1-" + V1.fileName())));
    }

    /** Schema and entries, but for the checksum. */
    private static String footer(byte[] segment) throws IOException {
        try (ParquetFileReader reader = ParquetFileReader.open(
                new BytesInputFile(segment),
                ParquetReadOptions.builder(new PlainParquetConfiguration()).build())) {
            FileMetaData metadata = reader.getFileMetaData();
            Map<String, String> entries = new TreeMap<>(metadata.getKeyValueMetaData());
            assertThat(entries.put(FileChecksum.KEY, ""))
                    .matches("[0-9a-f]{8}")
                    .isNotEqualTo(FileChecksum.NOT_YET_KNOWN);
            return metadata.getSchema() + entries.toString();
        }
    }

    /** For a release with a new version of the format: see CONTRIBUTING. */
    @Test
    @EnabledIfSystemProperty(named = "segment.version", matches = "v\\d+")
    void writeFixtureForLaterReleases() throws IOException {
        EncodedSegment today = segment(100, 140, 7, records());
        Path file = Path.of(
                FOLDER,
                System.getProperty("segment.version") + "-" + today.name().fileName());
        Files.createDirectories(file.getParent());
        Files.write(file, bytes(today), StandardOpenOption.CREATE_NEW);
        Files.write(Path.of(file + ".txt"), describe(records()));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                SegmentFixtureTest.class.getResourceAsStream("/segment/" + name),
                () -> "There is no fixture " + name)) {
            return in.readAllBytes();
        }
    }

    /** Every kind of field value, and holes. */
    private static List<SegmentRecord> records() {
        byte[][] contents = {null, {}, {0}, {-1, 0, 127}, bytes("text")};
        TimestampType[] types = TimestampType.values();
        List<SegmentRecord> records = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RecordHeaders headers = new RecordHeaders();
            for (int header = 0; header < i % 4; header++) {
                headers.add(header == 1 ? "" : "header", contents[(i + header) % contents.length]);
            }
            records.add(new SegmentRecord(
                    101 + 2 * i - i % 2,
                    i % 5 == 0 ? -1 : i == 7 ? 0 : 1_700_000_001_000L - i,
                    types[i % types.length],
                    i % 6 - 1,
                    contents[i % contents.length],
                    contents[i / 4 % contents.length],
                    headers));
        }
        return records;
    }
}
