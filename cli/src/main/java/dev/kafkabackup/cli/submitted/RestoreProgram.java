// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.submitted;

import dev.kafkabackup.cli.RestoreCommand;
import dev.kafkabackup.cli.options.SelectionOptions;
import picocli.CommandLine;

/** The main class of {@code restore-job.jar}. */
public final class RestoreProgram {

    private RestoreProgram() {}

    /**
     * Plans, submits the job, and finishes it if somebody waits; the arguments are those of {@code kafka-backup
     * restore}.
     */
    public static void main(String[] arguments) throws Exception {
        CommandLine commandLine = new CommandLine(new RestoreCommand(new SubmittedChoice()));
        commandLine.setCommandName("restore-job.jar");
        SelectionOptions.registerTypes(commandLine);
        Program.run(commandLine, arguments);
    }
}
