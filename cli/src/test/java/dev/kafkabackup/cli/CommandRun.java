// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * A command that was run in this process, whose standard streams it takes for that time.
 *
 * @param exitCode what it ended with
 * @param output lines on standard output
 * @param errors lines on standard error, without those of Flink's log, which is not configured in tests
 */
record CommandRun(int exitCode, List<String> output, List<String> errors) {

    static CommandRun of(List<String> arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream noted = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(noted, true, StandardCharsets.UTF_8));
        int code;
        try {
            CommandLine commandLine = KafkaBackup.commandLine();
            commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            code = commandLine.execute(arguments.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new CommandRun(
                code,
                printed.toString(StandardCharsets.UTF_8).lines().toList(),
                noted.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.contains(" WARN "))
                        .toList());
    }
}
