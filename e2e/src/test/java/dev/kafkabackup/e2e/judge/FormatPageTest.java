// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the format page says about names, leader epochs and overlaps, on segments that no code of the product wrote. */
class FormatPageTest {

    private static final TopicIdPartition ORDERS =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    @TempDir
    private Path root;

    private HandMadeBackup backup;

    @BeforeEach
    void make() {
        backup = new HandMadeBackup(root, "vPzAxR0cTHmqu5gJf3Yh2A", ORDERS);
    }

    @Test
    void theHigherEpochCountsFromItsStartOnAndEachOffsetOnce() throws Exception {
        backup.write(0, 10, 1, records("old", 0, 10));
        backup.write(5, 20, 1, records("old", 5, 20));
        // the log was cut off at 12, and went on
        backup.write(12, 15, 2, records("new", 12, 15));
        backup.write(30, 40, 2, List.of());
        backup.write(0, 3, -1, records("old", 0, 3));

        assertThat(query("SELECT covered_from, covered_to FROM coverage ORDER BY ALL"))
                .containsExactly(List.of("0", "15"), List.of("30", "40"));
        assertThat(query("SELECT \"offset\", decode(value) FROM records ORDER BY ALL"))
                .isEqualTo(LongStream.range(0, 15)
                        .mapToObj(offset -> List.of(Long.toString(offset), offset < 12 ? "old" : "new"))
                        .toList());
        assertThat(query("SELECT * FROM misplaced")).isEmpty();
    }

    @Test
    void whatHasAnotherSizeThanItsNameIsNoSegmentAndWhatLiesInAWrongPlaceIsFound() throws Exception {
        Path whole = backup.write(0, 10, 0, records("a", 0, 10));
        Path longer = backup.write(10, 20, 0, records("a", 10, 20));
        Files.write(longer, new byte[1], StandardOpenOption.APPEND);
        Files.writeString(whole.resolveSibling("notes.parquet"), "no segment");
        Path elsewhere = Files.createDirectories(whole.getParent().resolveSibling("partition=00004"));
        Files.copy(whole, elsewhere.resolve(whole.getFileName()));

        assertThat(query("SELECT \"partition\", \"start\" FROM segments ORDER BY ALL"))
                .containsExactly(List.of("3", "0"), List.of("4", "0"));
        assertThat(query("SELECT filename FROM misplaced"))
                .containsExactly(List.of(elsewhere.resolve(whole.getFileName()).toString()));
    }

    private List<List<String>> query(String sql) throws IOException, SQLException {
        try (FormatPage page = new FormatPage(root, "none", "now()")) {
            return page.query(sql);
        }
    }

    private static List<ProducedRecord> records(String value, long from, long to) {
        return LongStream.range(from, to)
                .mapToObj(offset -> new ProducedRecord(
                        offset,
                        1_700_000_000_000L + offset,
                        TimestampType.CREATE_TIME,
                        null,
                        value.getBytes(StandardCharsets.UTF_8),
                        List.of()))
                .toList();
    }
}
