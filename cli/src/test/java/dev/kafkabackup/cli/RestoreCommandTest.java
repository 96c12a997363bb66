// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.cli.options.SelectionOptions;
import dev.kafkabackup.cli.submitted.SubmittedChoice;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RestoreCommandTest {

    @Test
    void theProgramOfTheJobJarHasAllOptionsButThoseThatChooseAFlink() {
        Set<String> options = options(new RestoreCommand());
        options.removeAll(options(new RestoreCommand(new SubmittedChoice())));

        assertThat(options).containsExactly("--detached", "--flink", "--web-port");
    }

    private static Set<String> options(RestoreCommand command) {
        CommandLine commandLine = new CommandLine(command);
        KafkaBackup.configure(commandLine);
        SelectionOptions.registerTypes(commandLine);
        return new TreeSet<>(commandLine.getCommandSpec().optionsMap().keySet());
    }
}
