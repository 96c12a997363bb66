// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kafkabackup.segment.SegmentRecord;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** How {@code cat} prints a record, always on one line. */
enum RecordFormat {
    /** Partition, offset, timestamp, key, value, headers, with tabs between; control characters escaped. */
    TEXT {
        @Override
        String bytes(byte @Nullable [] bytes) {
            return bytes == null ? "null" : escaped(new String(bytes, StandardCharsets.UTF_8));
        }
    },
    /** The same with bytes in hexadecimal. */
    HEX {
        @Override
        String bytes(byte @Nullable [] bytes) {
            return bytes == null ? "null" : HexFormat.of().formatHex(bytes);
        }
    },
    /** A JSON object with bytes in Base64; null and empty stay different. */
    JSON {
        @Override
        String bytes(byte @Nullable [] bytes) {
            throw new UnsupportedOperationException("JSON has its own way");
        }

        @Override
        String line(int partition, SegmentRecord record) {
            ObjectNode json = MAPPER.createObjectNode();
            json.put("partition", partition);
            json.put("offset", record.offset());
            json.put("timestamp", record.timestamp());
            json.put("timestampType", record.timestampType().name);
            json.put("leaderEpoch", record.leaderEpoch());
            json.put("key", record.key());
            json.put("value", record.value());
            ArrayNode headers = json.putArray("headers");
            for (Header header : record.headers()) {
                headers.addObject().put("key", header.key()).put("value", header.value());
            }
            return json.toString();
        }
    };

    private static final ObjectMapper MAPPER = new ObjectMapper();

    abstract String bytes(byte @Nullable [] bytes);

    /** The line of a record. */
    String line(int partition, SegmentRecord record) {
        StringBuilder line = new StringBuilder()
                .append(partition)
                .append('\t')
                .append(record.offset())
                .append('\t')
                .append(record.timestamp())
                .append('\t')
                .append(bytes(record.key()))
                .append('\t')
                .append(bytes(record.value()));
        for (Header header : record.headers()) {
            line.append('\t').append(escaped(header.key())).append('=').append(bytes(header.value()));
        }
        return line.toString();
    }

    /** A terminal obeys control characters, and a line ends at a line feed. */
    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            if (character == '\\') {
                escaped.append("\\\\");
            } else if (Character.isISOControl(character)) {
                escaped.append(String.format("\\u%04x", (int) character));
            } else {
                escaped.append(character);
            }
        }
        return escaped.toString();
    }
}
