// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlinkAddressTest {

    @Test
    void hostAndPort() {
        assertThat(FlinkAddress.parse("flink.example.com:8081")).isEqualTo(new FlinkAddress("flink.example.com", 8081));
        assertThat(FlinkAddress.parse("[::1]:8081")).isEqualTo(new FlinkAddress("[::1]", 8081));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "flink", ":8081", "flink:", "flink:web", "flink:0", "flink:65536", "http://flink:8081"})
    void everythingElseIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> FlinkAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' is not HOST:PORT; the port is that of Flink's web UI, as in localhost:8081", text);
    }
}
