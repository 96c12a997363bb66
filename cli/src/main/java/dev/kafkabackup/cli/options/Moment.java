// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.TypeConversionException;

/** Moments as a user writes them. */
public final class Moment {

    private Moment() {}

    /** Reads an ISO-8601 instant or epoch ms. */
    public static Instant parse(String text) {
        try {
            return text.matches("\\d{1,15}") ? Instant.ofEpochMilli(Long.parseLong(text)) : Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException(
                    "'" + text + "' is not a moment; write it like 2026-03-01T12:00:00Z or in epoch ms");
        }
    }
}
