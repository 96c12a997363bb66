// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {

    private record Part(String name, @Nullable Long count) {}

    private record Whole(Uuid id, Instant at, int number, List<Part> parts, @Nullable Uuid origin) {
        Whole {
            parts = List.copyOf(parts);
        }
    }

    private static Whole read(String json) {
        return Json.read("test.json", json.getBytes(StandardCharsets.UTF_8), Whole.class);
    }

    @Test
    void whatIsWrittenIsRead() {
        Whole whole = new Whole(
                Uuid.randomUuid(),
                Instant.parse("2026-01-02T03:04:05.678Z"),
                7,
                List.of(new Part("a", 1L), new Part("b", null)),
                null);

        byte[] json = Json.write(whole);

        assertThat(Json.read("test.json", json, Whole.class)).isEqualTo(whole);
        assertThat(new String(json, StandardCharsets.UTF_8))
                .contains("2026-01-02T03:04:05.678Z")
                .doesNotContain("origin");
    }

    @Test
    void anUnknownFieldIsIgnored() {
        assertThat(read(
                        """
                        {"id":"MWJ6FHTfRYy67jzwZdeqSQ","at":"2026-01-02T03:04:05Z","number":1,"parts":[],"later":{"x":1}}
                        """))
                .isEqualTo(new Whole(
                        Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"),
                        Instant.parse("2026-01-02T03:04:05Z"),
                        1,
                        List.of(),
                        null));
    }

    @Test
    void aMissingComponentIsCorrupt() {
        assertThatThrownBy(() -> read(
                        """
                        {"id":"MWJ6FHTfRYy67jzwZdeqSQ","at":"2026-01-02T03:04:05Z","number":1}
                        """))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("test.json")
                .hasMessageContaining("parts");
    }

    @Test
    void anExplicitNullIsCorruptWhereNullIsNotAllowed() {
        assertThatThrownBy(() -> read(
                        """
                        {"id":null,"at":"2026-01-02T03:04:05Z","number":1,"parts":[]}
                        """))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("id");
    }

    @Test
    void aNestedComponentIsCheckedToo() {
        assertThatThrownBy(() -> read(
                        """
                        {"id":"MWJ6FHTfRYy67jzwZdeqSQ","at":"2026-01-02T03:04:05Z","number":1,"parts":[{"count":1}]}
                        """))
                .isInstanceOf(CorruptDataException.class)
                .hasMessageContaining("name");
    }
}
