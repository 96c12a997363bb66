// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.progress.Screen;
import dev.kafkabackup.json.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Where things are printed: results to standard output, everything else to standard error. */
@SuppressWarnings("SystemOut") // this is the place
final class Terminal {

    /** Set by the launcher if a person watches standard error and lines can be replaced there. */
    private static final String INTERACTIVE = "kafka-backup.terminal";

    /** Set by the launcher if standard output is a terminal: its width. */
    private static final String COLUMNS = "kafka-backup.columns";

    /** Set by the launcher if standard output, or standard error, is a terminal that shows colours. */
    private static final String COLOURS_OUT = "kafka-backup.colours.out";

    private static final String COLOURS_ERR = "kafka-backup.colours.err";

    private static final int NARROWEST = 20;

    private static final String MISTAKE = "kafka-backup: ";

    private Terminal() {}

    /** A line of a result. */
    static void result(String line) {
        System.out.println(line);
    }

    /** A line of a result that something is said about by its look, where that can be seen. */
    static void result(String line, Look look) {
        System.out.println(Boolean.getBoolean(COLOURS_OUT) ? look.of(line) : line);
    }

    /** How a line looks on a terminal. */
    enum Look {
        HEADING("1"),
        PLAIN("0"),
        WRONG("31");

        private final String code;

        Look(String code) {
            this.code = code;
        }

        private String of(String text) {
            return this == PLAIN ? text : "\033[" + code + "m" + text + "\033[0m";
        }
    }

    /** How many characters a line of a result may have: what the terminal is wide, or as many as it likes. */
    static int width() {
        int columns = Integer.getInteger(COLUMNS, 0);
        return columns < NARROWEST ? Integer.MAX_VALUE : columns;
    }

    /** A result as one JSON document. */
    static void result(Record value) {
        result(new String(Json.write(value), StandardCharsets.UTF_8));
    }

    /** A line for the person who watches. */
    static void note(String format, Object... arguments) {
        String line = String.format(Locale.ROOT, format, arguments);
        boolean mistake = line.startsWith(MISTAKE) && Boolean.getBoolean(COLOURS_ERR);
        System.err.println(mistake ? Look.WRONG.of(line) : line);
    }

    /** Standard error, to show progress on: in place on a terminal, line after line elsewhere. */
    static Screen screen() {
        return Boolean.getBoolean(INTERACTIVE) ? new InPlace(System.err) : new Plain();
    }

    private static final class InPlace implements Screen {

        private static final String TO_THE_START_OF_THE_LINE_ABOVE = "\033[F";
        private static final String CLEAR_TO_THE_END = "\033[J";

        private static final int BAR_WIDTH = 20;

        private final PrintStream err;
        private int shown;

        InPlace(PrintStream err) {
            this.err = err;
        }

        @Override
        public Duration interval() {
            return Duration.ofSeconds(1);
        }

        @Override
        public String bar(double part) {
            int done = (int) (Math.max(0, Math.min(1, part)) * BAR_WIDTH);
            return "[" + "#".repeat(done) + ".".repeat(BAR_WIDTH - done) + "] ";
        }

        @Override
        public void show(List<String> lines) {
            err.print(TO_THE_START_OF_THE_LINE_ABOVE.repeat(shown)
                    + CLEAR_TO_THE_END
                    + String.join(System.lineSeparator(), lines)
                    + System.lineSeparator());
            err.flush();
            shown = lines.size();
        }
    }

    private static final class Plain implements Screen {

        @Override
        public Duration interval() {
            return Duration.ofSeconds(5);
        }

        @Override
        public String bar(double part) {
            return "";
        }

        @Override
        public void show(List<String> lines) {
            lines.forEach(line -> note("%s", line));
        }
    }
}
