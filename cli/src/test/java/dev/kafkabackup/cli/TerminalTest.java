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
    void onANarrowTerminalEmptyColumnsGoFirstThenTextsAreShortenedAndNumbersNever() {
        assertThat(Table.lines(HEADER, ROWS, 54))
                .containsExactly(
                        "TOPIC                        STATE    RECORDS  RESULT",
                        "orders-of-the-whole-company  live      105000  ok",
                        "payments                     deleted        7  wrong");
        assertThat(Table.lines(HEADER, ROWS, 40))
                .containsExactly(
                        "TOPIC           STATE    RECORDS  RESULT",
                        "orders-of-the…  live      105000  ok",
                        "payments        deleted        7  wrong");
        assertThat(Table.lines(HEADER, ROWS, 20))
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(20));
    }

    @Test
    void aTerminalGetsColoursAndABar() {
        System.setProperty("kafka-backup.colours.out", "true");
        System.setProperty("kafka-backup.colours.err", "true");
        System.setProperty("kafka-backup.terminal", "true");
        Table.print(List.of("RESULT"), List.of(List.of("ok"), List.of("wrong")));
        Terminal.note("kafka-backup: %s", "wrong");
        Terminal.note("All is well");
        assertThat(lines())
                .containsExactly(
                        "\033[1mRESULT\033[0m",
                        "ok",
                        "\033[31mwrong\033[0m",
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
