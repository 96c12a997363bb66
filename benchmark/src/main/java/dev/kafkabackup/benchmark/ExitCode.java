// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.process.FailedProgram;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/** How a measurement ends. */
final class ExitCode {

    private ExitCode() {}

    /** Runs it; of a run that failed or was wrong one line tells, and no stack trace. */
    static int of(Callable<Integer> measurement, String... arguments) {
        return new CommandLine(measurement)
                .setExecutionExceptionHandler((exception, command, parsed) -> {
                    if (exception instanceof FailedProgram || exception instanceof WrongResult) {
                        System.err.println(exception.getMessage());
                        return 1;
                    }
                    throw exception;
                })
                .execute(arguments);
    }
}
