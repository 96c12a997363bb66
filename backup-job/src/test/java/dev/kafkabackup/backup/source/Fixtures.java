// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Stored formats as released: {@code state/<type>-v<n>.hex}, written once and never edited. */
final class Fixtures {

    private Fixtures() {}

    static byte[] read(String name) throws IOException {
        try (InputStream in = Fixtures.class.getResourceAsStream("/state/" + name + ".hex")) {
            if (in == null) {
                throw new IOException("There is no fixture " + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        }
    }
}
