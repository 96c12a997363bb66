// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.cli.progress.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/** What is shown on a terminal, and what goes into a file or a pipe. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class TerminalTest {

    private static final List<String> HEADER = List.of("TOPIC", "STATE", "GAPS", "RECORDS", "RESULT");
    private static final List<List<String>> ROWS = List.of(
            List.of("orders-of-the-whole-company", "live", "", "105000", "ok"),
            List.of("payments", "deleted", "", "7", "wrong"));

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @BeforeEach
    void catchWhatIsPrinted() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(System.out);
    }

    @AfterEach
    void restoreTheTerminal() {
        System.setOut(out);
        System.setErr(err);
        List.of("terminal", "columns", "colours.out", "colours.err")
                .forEach(name -> System.clearProperty("kafka-backup." + name));
    }

    @Test
    void aFileGetsPlainTextThatIsNeverShortened() {
        Table.print(HEADER, ROWS);
        Terminal.note("kafka-backup: %s", "wrong");
        assertThat(lines())
                .containsExactly(
                        "TOPIC                        STATE    GAPS  RECORDS  RESULT",
                        "orders-of-the-whole-company  live            105000  ok",
                        "payments                     deleted              7  wrong",
                        "kafka-backup: wrong");
        assertThat(Terminal.screen().bar(0.5)).isEmpty();
    }

    @Test
    void onANarrowTerminalEmptyColumnsGoFirstThenRowsGoOnInFurtherLines() {
        assertThat(linesAt(54))
                .containsExactly(
                        "TOPIC                        STATE    RECORDS  RESULT",
                        "orders-of-the-whole-company  live      105000  ok",
                        "payments                     deleted        7  wrong");
        assertThat(linesAt(45))
                .containsExactly(
                        "TOPIC                        STATE    RECORDS",
                        "    RESULT",
                        "orders-of-the-whole-company  live      105000",
                        "    ok",
                        "payments                     deleted        7",
                        "    wrong");
        // a text that is wider than the terminal by itself is all that is shortened
        assertThat(linesAt(20))
                .containsExactly(
                        "TOPIC",
                        "    STATE    RECORDS",
                        "    RESULT",
                        "orders-of-the-whole…",
                        "    live      105000",
                        "    ok",
                        "payments",
                        "    deleted        7",
                        "    wrong");
    }

    private static List<String> linesAt(int width) {
        return Table.lines(HEADER, ROWS, width).stream().flatMap(List::stream).toList();
    }

    @Test
    void aTerminalGetsColoursAndABar() {
        System.setProperty("kafka-backup.colours.out", "true");
        System.setProperty("kafka-backup.colours.err", "true");
        System.setProperty("kafka-backup.terminal", "true");
        System.setProperty("kafka-backup.columns", "20");
        String wide = "wider-than-the-rest";
        Table.print(List.of("TOPIC", "RESULT"), List.of(List.of(wide, "ok"), List.of(wide, "wrong")));
        Terminal.note("kafka-backup: %s", "wrong");
        Terminal.note("All is well");
        assertThat(lines())
                .containsExactly(
                        "\033[1mTOPIC\033[0m",
                        "\033[1m    RESULT\033[0m",
                        wide,
                        "    ok",
                        "\033[31m" + wide + "\033[0m",
                        "\033[31m    wrong\033[0m",
                        "\033[31mkafka-backup: wrong\033[0m",
                        "All is well");
        Screen screen = Terminal.screen();
        assertThat(screen.bar(0)).isEqualTo("[....................] ");
        assertThat(screen.bar(0.26)).isEqualTo("[#####...............] ");
        assertThat(screen.bar(1.2)).isEqualTo("[####################] ");
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
