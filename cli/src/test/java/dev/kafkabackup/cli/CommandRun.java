// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine;

/**
 * What a command printed, and how it ended, in this process. Whoever runs commands locks standard output and standard
 * error.
 *
 * @param exitCode as the process would have ended
 * @param output lines on standard output
 * @param errors lines on standard error, without those of the log
 */
record CommandRun(int exitCode, List<String> output, List<String> errors) {

    /** Runs a command; what is to be one argument holds no space. */
    static CommandRun of(String command) {
        return of(List.of(command.split(" ")));
    }

    /** Runs a command. */
    static CommandRun of(List<String> arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        ByteArrayOutputStream noted = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(noted, true, StandardCharsets.UTF_8));
        int exitCode;
        try {
            CommandLine commandLine = KafkaBackup.commandLine();
            commandLine.setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8));
            exitCode = commandLine.execute(arguments.toArray(String[]::new));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return new CommandRun(
                exitCode,
                printed.toString(StandardCharsets.UTF_8).lines().toList(),
                noted.toString(StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> !line.matches(".* (WARN|ERROR) .*"))
                        .toList());
    }

    String text() {
        return String.join("\n", output);
    }

    @Override
    public String toString() {
        return "exit code %d%n%s%n%s".formatted(exitCode, text(), String.join("\n", errors));
    }
}
