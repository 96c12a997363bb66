// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import picocli.CommandLine.Option;

/** How a result is printed. */
public final class OutputOptions {

    @Option(
            names = "--output",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "How the result is printed. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.TABLE;

    /** Whether the result is to be JSON. */
    public boolean json() {
        return format == Format.JSON;
    }

    private enum Format {
        TABLE,
        JSON
    }
}
