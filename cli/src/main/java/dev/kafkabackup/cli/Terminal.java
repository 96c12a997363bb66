// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import java.io.PrintStream;
import java.util.Locale;

/** Where things are printed: results to standard output, everything else to standard error. */
@SuppressWarnings("SystemOut") // this is the place
final class Terminal {

    private Terminal() {}

    /** A line of a result. */
    static void result(String line) {
        System.out.println(line);
    }

    /** A line for the person who watches. */
    static void note(String format, Object... arguments) {
        PrintStream err = System.err;
        err.println(String.format(Locale.ROOT, format, arguments));
    }
}
