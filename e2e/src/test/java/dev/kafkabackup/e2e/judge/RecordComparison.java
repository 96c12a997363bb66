// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Says in words how the content of two records differs; where they are does not matter. */
final class RecordComparison {

    private static final int SHOWN_BYTES = 16;

    private RecordComparison() {}

    /** The first difference, timestamp type included. */
    static Optional<String> difference(ProducedRecord expected, ProducedRecord found) {
        if (expected.timestampType() != found.timestampType()) {
            return different("timestamp type", expected.timestampType(), found.timestampType());
        }
        if (expected.timestamp() != found.timestamp()) {
            return different("timestamp", expected.timestamp(), found.timestamp());
        }
        return contentDifference(expected, found);
    }

    /** The first difference in key, value or headers. */
    static Optional<String> contentDifference(ProducedRecord expected, ProducedRecord found) {
        if (!Arrays.equals(expected.key(), found.key())) {
            return different("key", print(expected.key()), print(found.key()));
        }
        if (!Arrays.equals(expected.value(), found.value())) {
            return different("value", print(expected.value()), print(found.value()));
        }
        return headerDifference(expected.headers(), found.headers());
    }

    private static Optional<String> headerDifference(List<Header> expected, List<Header> found) {
        if (expected.size() != found.size()) {
            return different("number of headers", expected.size(), found.size());
        }
        for (int i = 0; i < expected.size(); i++) {
            Header one = expected.get(i);
            Header other = found.get(i);
            if (!one.key().equals(other.key()) || !Arrays.equals(one.value(), other.value())) {
                return different(
                        "header " + i, one.key() + "=" + print(one.value()), other.key() + "=" + print(other.value()));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> different(String what, Object expected, Object found) {
        return Optional.of("%s was produced as %s, but is %s".formatted(what, expected, found));
    }

    private static String print(byte @Nullable [] bytes) {
        if (bytes == null) {
            return "null";
        }
        String start = HexFormat.of().formatHex(bytes, 0, Math.min(SHOWN_BYTES, bytes.length));
        String rest = bytes.length > SHOWN_BYTES ? "…, hash " + Arrays.hashCode(bytes) : "";
        return "%d bytes (%s%s)".formatted(bytes.length, start, rest);
    }
}
