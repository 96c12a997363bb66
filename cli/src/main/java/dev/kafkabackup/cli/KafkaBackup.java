// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.cli.options.ConfigOptions;
import dev.kafkabackup.cli.options.Moment;
import dev.kafkabackup.cli.options.SelectionOptions;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.ExitCode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.util.TimeUtils;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line: finds the command, and turns what goes wrong into one line and an exit code. */
@Command(
        name = "kafka-backup",
        description = "Continuous backup of Kafka topics, and exact restore.",
        subcommands = {
            BackupCommand.class,
            RestoreCommand.class,
            VerifyCommand.class,
            TopicsCommand.class,
            DescribeCommand.class,
            CatCommand.class,
            GroupsCommand.class,
            HoldCommand.class,
            ReleaseCommand.class,
            MaintainCommand.class,
            ConfirmDeletionsCommand.class,
            DemoCommand.class,
            CompletionCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = KafkaBackup.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:refused by a safety check"})
public final class KafkaBackup implements Runnable {

    private static final int HELP_WIDTH = 120;
    private static final String LOG_FILE_OPTION = "--log-file";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** For help and parsing; {@link #configureLogging} has read it before. */
    @SuppressWarnings("UnusedVariable")
    @Option(
            names = LOG_FILE_OPTION,
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "Write a full log to this file; without it only warnings are shown.")
    private @Nullable Path logFile;

    private KafkaBackup() {}

    /** Runs a command and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        configureLogging(arguments);
        int code = commandLine().execute(arguments);
        // embedded brokers and Flink may leave threads behind that are of no more use
        System.exit(code);
    }

    static CommandLine commandLine() {
        CommandLine commandLine = new CommandLine(new KafkaBackup());
        configure(commandLine);
        SelectionOptions.registerTypes(commandLine);
        commandLine.setParameterExceptionHandler((e, all) -> usageError(e));
        commandLine.setExecutionExceptionHandler((e, command, parsed) -> failure(e));
        shareExitCodes(commandLine);
        ConfigOptions.addTo(requireNonNull(commandLine.getSubcommands().get("backup")), BackupOptions.ALL);
        ConfigOptions.addTo(requireNonNull(commandLine.getSubcommands().get("maintain")), MaintainCommand.OPTIONS);
        for (String command : List.of("topics", "describe")) {
            ConfigOptions.addTo(requireNonNull(commandLine.getSubcommands().get(command)), CatalogueOptions.OPTIONS);
        }
        return commandLine;
    }

    /** How options are read and help is written: what all programs have in common. */
    public static void configure(CommandLine commandLine) {
        commandLine.registerConverter(Duration.class, KafkaBackup::duration);
        commandLine.registerConverter(Instant.class, Moment::parse);
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpWidth(HELP_WIDTH);
        commandLine.setUsageHelpAutoWidth(true);
    }

    /** They mean the same in every command. */
    private static void shareExitCodes(CommandLine commandLine) {
        UsageMessageSpec top = commandLine.getCommandSpec().usageMessage();
        for (CommandLine command : commandLine.getSubcommands().values()) {
            command.getCommandSpec()
                    .usageMessage()
                    .exitCodeListHeading(top.exitCodeListHeading())
                    .exitCodeList(top.exitCodeList());
            shareExitCodes(command);
        }
    }

    private static Duration duration(String text) {
        try {
            return TimeUtils.parseDuration(text);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a duration; write it like 30s or 7d");
        }
    }

    /** The log's destination has to be known before the first class asks for a logger. */
    private static void configureLogging(String[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String file = null;
            if (arguments[i].startsWith(LOG_FILE_OPTION + "=")) {
                file = arguments[i].substring(LOG_FILE_OPTION.length() + 1);
            } else if (arguments[i].equals(LOG_FILE_OPTION) && i + 1 < arguments.length) {
                file = arguments[i + 1];
            }
            String configuration = System.getProperty("log4j2.configurationFile");
            if (file != null && configuration != null) {
                System.setProperty("kafka-backup.log-file", file);
                System.setProperty(
                        "log4j2.configurationFile",
                        Path.of(configuration)
                                .resolveSibling("log4j2-file.properties")
                                .toString());
            }
        }
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    private static int usageError(ParameterException e) {
        CommandLine command = e.getCommandLine();
        Terminal.note(
                "kafka-backup: %s; see '%s --help'",
                firstLine(e.getMessage()), command.getCommandSpec().qualifiedName());
        return ExitCode.USAGE.code();
    }

    private static int failure(Exception e) {
        LoggerFactory.getLogger(KafkaBackup.class).info("The command failed", e);
        if (e instanceof BackupException known) {
            Terminal.note("kafka-backup: %s", firstLine(known.getMessage()));
            return known.exitCode().code();
        }
        if (e instanceof KafkaException) {
            Terminal.note("kafka-backup: Kafka answered: %s", firstLine(e.getMessage()));
            return ExitCode.FAILED.code();
        }
        Terminal.note(
                "kafka-backup: unexpected failure: %s; run again with --log-file FILE for the details",
                firstLine(e.toString()));
        return ExitCode.FAILED.code();
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "" : message.lines().findFirst().orElse("");
    }

    /** Reads the version that the build wrote into the jar. */
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = KafkaBackup.class.getPackage().getImplementationVersion();
            return new String[] {"kafka-backup " + (version == null ? "(not packaged)" : version)};
        }
    }
}
