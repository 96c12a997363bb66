// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import picocli.CommandLine.Option;

/** How a result is printed. */
public final class OutputOptions {

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "How the result is printed. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.TEXT;

    /** Whether the result is to be JSON. */
    public boolean json() {
        return format == Format.JSON;
    }

    private enum Format {
        TEXT,
        JSON
    }
}
