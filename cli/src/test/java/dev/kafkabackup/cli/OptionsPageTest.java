// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code docs/options.md} is what the commands say about themselves. With the system property {@code pages.write} the
 * test writes it.
 */
class OptionsPageTest {

    private static final Path PAGE =
            Path.of("..", "docs", "options.md").toAbsolutePath().normalize();

    @Test
    void thePageOfOptionsIsWhatTheCommandsSay() throws IOException {
        String page = page();
        if (Boolean.getBoolean("pages.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/options.md; CONTRIBUTING.md says how it is written")
                .isEqualTo(page);
    }

    private static String page() {
        CommandLine top = KafkaBackup.commandLine();
        StringBuilder page = new StringBuilder("""
                # Commands and options

                Written by the build from what the commands say with `--help`. Every command takes `--help`, `--version`, and
                `--log-file FILE` for a full log; results go to standard output, everything else to standard error. A regular
                expression matches the whole name, a duration is written like `30s` or `7d`, a size like `64mb`.

                | command | what it does |
                | --- | --- |
                """);
        Map<String, CommandSpec> commands = new TreeMap<>();
        collect(top, commands);
        commands.forEach((name, spec) -> page.append("| [`%s`](#%s) | %s |\n"
                .formatted(
                        name, name.replace(' ', '-'), text(spec.usageMessage().description()))));
        page.append("\nExit codes: ");
        top.getCommandSpec()
                .usageMessage()
                .exitCodeList()
                .forEach((code, meaning) ->
                        page.append(code).append(' ').append(meaning).append(code.equals("3") ? ".\n" : "; "));
        commands.forEach((name, spec) -> page.append(section(name, spec)));
        return page.toString();
    }

    private static void collect(CommandLine command, Map<String, CommandSpec> commands) {
        command.getSubcommands().forEach((name, subcommand) -> {
            String qualified = subcommand.getCommandSpec().qualifiedName().replaceFirst("^kafka-backup ", "");
            if (!name.equals("help")) {
                commands.put(qualified, subcommand.getCommandSpec());
                collect(subcommand, commands);
            }
        });
    }

    private static String section(String name, CommandSpec spec) {
        StringBuilder section = new StringBuilder("\n## %s\n\n```\n".formatted(name));
        for (String line : spec.usageMessage().footer()) {
            if (!line.isBlank() && !line.startsWith("Example")) {
                section.append(line.strip().startsWith("-") ? "    " : "")
                        .append(line.strip())
                        .append('\n');
            }
        }
        section.append("```\n\n| option | meaning |\n| --- | --- |\n");
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            section.append(row(parameter.paramLabel(), parameter.description(), parameter.defaultValue()));
        }
        Map<String, String> rows = new TreeMap<>();
        for (OptionSpec option : spec.options()) {
            String longest = option.longestName();
            if (!option.hidden() && !longest.matches("--(help|version|log-file)")) {
                boolean takesValue = option.arity().max() > 0;
                rows.put(
                        longest,
                        row(
                                takesValue ? longest + " " + option.paramLabel() : longest,
                                option.description(),
                                option.defaultValue()));
            }
        }
        rows.values().forEach(section::append);
        return section.toString();
    }

    private static String row(String name, String[] description, String defaultValue) {
        return "| `%s` | %s |\n"
                .formatted(
                        name.replace("|", "\\|"),
                        text(description).replace("${DEFAULT-VALUE}", String.valueOf(defaultValue)));
    }

    /** As it is read: picocli's markup and format signs taken out. */
    private static String text(String[] lines) {
        String joined = String.join(" ", lines)
                .replace("%%", "%")
                .replace("|", "\\|")
                // how many cores this machine has is nobody's business
                .replaceFirst("(by default the cores, at most 4\\.) Default: \\d+\\.", "$1");
        return Ansi.OFF.string(joined).strip();
    }
}
