// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicMetadata METADATA = new TopicMetadata(
            "orders",
            ID,
            "vPzAxR0cTHmqu5gJf3Yh2A",
            6,
            3,
            Map.of("cleanup.policy", "compact"),
            true,
            TopicState.LIVE,
            Instant.parse("2026-11-22T12:00:00.123456789Z"),
            null);
    private static final String TEXT = """
            {
              "name" : "orders",
              "id" : "MWJ6FHTfRYy67jzwZdeqSQ",
              "clusterId" : "vPzAxR0cTHmqu5gJf3Yh2A",
              "partitions" : 6,
              "replicationFactor" : 3,
              "configs" : {
                "cleanup.policy" : "compact"
              },
              "configsKnown" : true,
              "state" : "LIVE",
              "observedAt" : "2026-11-22T12:00:00.123456789Z"
            }""";

    @Test
    void recordsAreWrittenAsTextThatPeopleCanRead() {
        assertThat(new String(Json.write(METADATA), StandardCharsets.UTF_8)).isEqualTo(TEXT);
    }

    @Test
    void whatWasWrittenIsRead() {
        assertThat(read(TEXT)).isEqualTo(METADATA);
        TopicMetadata restored = METADATA.withRestoredFrom(ID);
        assertThat(Json.read("x", Json.write(restored), TopicMetadata.class)).isEqualTo(restored);
    }

    @Test
    void unknownFieldsAreIgnored() {
        assertThat(read(TEXT.replace("{\n  \"name\"", "{ \"new\": {\"a\": [1]}, \"name\"")))
                .isEqualTo(METADATA);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "id",
                "clusterId",
                "partitions",
                "replicationFactor",
                "configs",
                "configsKnown",
                "state",
                "observedAt"
            })
    void aMissingOrNullFieldIsCorruptAndNamed(String field) {
        String missing = TEXT.replace("\"" + field + "\"", "\"another\"");
        String isNull = TEXT.replaceAll("\"" + field + "\" : [^,{}]*([,}\\n])", "\"" + field + "\" : null$1");

        for (String text : field.equals("configs") ? List.of(missing) : List.of(missing, isNull)) {
            assertThatThrownBy(() -> read(text))
                    .isInstanceOf(CorruptDataException.class)
                    .hasMessageStartingWith("topics/meta/1.json: it is not the expected JSON: ")
                    .hasMessageContaining(field);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "7", "\"text\"", "{", "{}", "not json", "\0\0\0\0"})
    void somethingElseIsCorruptAndTheMessageIsOneLine(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith("topics/meta/1.json: it is not the expected JSON: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T12:00:00.123456789Z=yesterday",
                "MWJ6FHTfRYy67jzwZdeqSQ=short",
                "LIVE=RESURRECTED",
                "6=\"six\"",
                "2026-11-22T12:00:00.123456789Z=",
            })
    void aValueThatMakesNoSenseIsCorrupt(String replacement) {
        String[] fromTo = replacement.split("=", 2);

        assertThatThrownBy(() -> read(TEXT.replace(fromTo[0], fromTo[1])))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith("topics/meta/1.json: it is not the expected JSON: ");
    }

    @Test
    void halfAFileIsCorrupt() {
        for (int length = 0; length < TEXT.length() - 1; length++) {
            String half = TEXT.substring(0, length);
            assertThatThrownBy(() -> read(half)).as(half).isInstanceOf(CorruptDataException.class);
        }
    }

    private static TopicMetadata read(String text) {
        return Json.read("topics/meta/1.json", text.getBytes(StandardCharsets.UTF_8), TopicMetadata.class);
    }
}
