// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.description.Description;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackupConfigTest {

    @Test
    void defaultsAreThoseOfTheDesign() {
        BackupConfig config = config(Map.of("include", "orders"));

        assertThat(config.topics().matches("orders")).isTrue();
        assertThat(config.once()).isFalse();
        assertThat(config.discoveryInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.checkpointInterval()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.segmentAge()).isEqualTo(Duration.ofSeconds(60));
        assertThat(config.segmentBytes()).isEqualTo(48L << 20);
        assertThat(config.compressionLevel()).isEqualTo(3);
        assertThat(config.uploadThreads()).isEqualTo(4);
        assertThat(config.groupsInterval()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.groupId()).isEqualTo("kafka-backup");
        assertThat(config.parallelism()).isBetween(1, 4);
    }

    @Test
    void whatTheUserSetsIsTaken() {
        BackupConfig config = config(Map.of(
                "include", ".*",
                "exclude", "b.*",
                "once", "true",
                "segment-bytes", "1mb",
                "segment-age", "5 s",
                "parallelism", "7"));

        assertThat(config.topics().matches("a")).isTrue();
        assertThat(config.topics().matches("bc")).isFalse();
        assertThat(config.once()).isTrue();
        assertThat(config.segmentBytes()).isEqualTo(1 << 20);
        assertThat(config.segmentAge()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.parallelism()).isEqualTo(7);
    }

    @Test
    void aMissingIncludeIsSaidWithTheWayOut() {
        assertThatThrownBy(() -> config(Map.of()))
                .isInstanceOf(UsageException.class)
                .hasMessage("Missing --include: a regular expression for the topics, '.*' for all");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            segment-bytes       | 1kb   | --segment-bytes must be between 16 kb and 1 gb, but is '1 kb'
            segment-bytes       | 2gb   | --segment-bytes must be between 16 kb and 1 gb, but is '2 gb'
            segment-age         | 5ms   | --segment-age must be 100ms or more, but is '5ms'
            discovery-interval  | 0s    | --discovery-interval must be 100ms or more, but is '0ms'
            checkpoint-interval | 99ms  | --checkpoint-interval must be 100ms or more, but is '99ms'
            segment-age         | 366d  | --segment-age must be 365d or less, but is 'PT8784H'
            discovery-interval  | 9999999999999d | --discovery-interval must be 365d or less, but is 'PT239999999999976H'
            groups-interval     | 0ms   | --groups-interval must be 100ms or more, but is '0ms'
            parallelism         | 0     | --parallelism must be between 1 and 1024, but is '0'
            compression-level   | 20    | --compression-level must be between 1 and 19, but is '20'
            upload-threads      | 65    | --upload-threads must be between 1 and 64, but is '65'
            """)
    void aValueOutOfRangeIsRefusedNamingOptionValueAndRange(String option, String value, String message) {
        assertThatThrownBy(() -> config(Map.of("include", ".*", option, value)))
                .isInstanceOf(UsageException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "segment-bytes, large",
        "segment-age, soon",
        "discovery-interval, 1 fortnight",
        "discovery-interval, -5s",
        "parallelism, two",
        "parallelism, 99999999999",
        "once, maybe"
    })
    void whatCannotBeReadIsRefusedNamingTheOption(String option, String value) {
        assertThatThrownBy(() -> config(Map.of("include", ".*", option, value)))
                .isInstanceOf(UsageException.class)
                .hasMessageMatching("--" + option + " must be a?.*, but is '" + value + "'");
    }

    @Test
    void everyOptionHasADescriptionAndIsListedOnce() {
        assertThat(BackupOptions.ALL).extracting(ConfigOption::key).doesNotHaveDuplicates();
        assertThat(BackupOptions.ALL)
                .allSatisfy(option -> assertThat(option.description())
                        .isNotEqualTo(Description.builder().build()));
    }

    private static BackupConfig config(Map<String, String> options) {
        return BackupConfig.from(
                Configuration.fromMap(options),
                new KafkaConnection("localhost:9092", Map.of()),
                StorageLocation.parse("/unused"));
    }
}
