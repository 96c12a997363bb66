// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.submitted;

import dev.kafkabackup.cli.KafkaBackup;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** Runs in a JVM that is not its own, so nothing here ends it: what goes wrong is thrown, and Flink tells. */
final class Program {

    private Program() {}

    /** @throws Exception if it did not do what it was to do */
    static void run(CommandLine commandLine, String[] arguments) throws Exception {
        KafkaBackup.configure(commandLine);
        // picocli prints what its handlers throw
        List<Exception> failures = new ArrayList<>();
        commandLine.setParameterExceptionHandler((e, all) -> {
            failures.add(new UsageException(e.getMessage() + "; see --help", e));
            return ExitCode.USAGE.code();
        });
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> {
            failures.add(e);
            return ExitCode.FAILED.code();
        });
        int code = commandLine.execute(arguments);
        if (!failures.isEmpty()) {
            throw failures.get(0);
        }
        if (code != ExitCode.DONE.code()) {
            throw new RefusedException("Nothing more is done here, with exit code " + code + "; see what was printed");
        }
    }
}
