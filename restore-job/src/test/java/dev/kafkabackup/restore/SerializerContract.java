// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UnsupportedFormatVersionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** What every serializer of state promises. */
public final class SerializerContract {

    private SerializerContract() {}

    /**
     * The fixture is read and is what is written today; every truncation, trailing bytes and unknown versions are
     * rejected.
     *
     * @param fixture name of a file in {@code src/test/resources/state}, written by the release that introduced the
     *     version
     */
    public static <T> void require(SimpleVersionedSerializer<T> serializer, T example, int version, String fixture)
            throws IOException {
        byte[] written = serializer.serialize(example);
        assertThat(HexFormat.of().formatHex(written)).isEqualTo(HexFormat.of().formatHex(read(fixture)));
        assertThat(serializer.getVersion()).isEqualTo(version);
        assertThat(serializer.deserialize(version, read(fixture))).isEqualTo(example);
        for (int length = 0; length < written.length; length++) {
            byte[] truncated = Arrays.copyOf(written, length);
            assertThatThrownBy(() -> serializer.deserialize(version, truncated))
                    .as("truncated to %d of %d bytes", length, written.length)
                    .isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> serializer.deserialize(version, Arrays.copyOf(written, written.length + 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("1 bytes after its last field");
        assertThatThrownBy(() -> serializer.deserialize(version + 1, written))
                .isInstanceOf(UnsupportedFormatVersionException.class);
    }

    private static byte[] read(String fixture) throws IOException {
        try (InputStream in = SerializerContract.class.getResourceAsStream("/state/" + fixture)) {
            assertThat(in).as("fixture %s", fixture).isNotNull();
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        }
    }
}
