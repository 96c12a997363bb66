// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Makes a job's options command-line options of the same name, so that there is one list of them, with one description
 * each.
 */
public final class ConfigOptions {

    private ConfigOptions() {}

    /** Adds the options to a command. */
    public static void addTo(CommandLine command, List<ConfigOption<?>> options) {
        CommandSpec spec = command.getCommandSpec();
        for (ConfigOption<?> option : options) {
            boolean flag = Boolean.FALSE.equals(option.defaultValue());
            OptionSpec.Builder builder = OptionSpec.builder("--" + option.key())
                    .arity(flag ? "0" : "1")
                    .type(flag ? boolean.class : String.class)
                    .description(description(option) + defaultText(option));
            if (!flag) {
                builder.paramLabel(paramLabel(option));
            }
            spec.addOption(builder.build());
        }
    }

    /** As plain text; picocli takes it for a format string. */
    private static String description(ConfigOption<?> option) {
        return new HtmlFormatter().format(option.description()).replace("%", "%%");
    }

    private static String defaultText(ConfigOption<?> option) {
        @Nullable Object value = option.defaultValue();
        if (value == null || value instanceof Boolean) {
            return "";
        }
        String text = value instanceof Duration duration ? TimeUtils.formatWithHighestUnit(duration) : value.toString();
        return " Default: " + text.replace(" ", "") + ".";
    }

    private static String paramLabel(ConfigOption<?> option) {
        @Nullable Object value = option.defaultValue();
        if (value instanceof Duration) {
            return "DURATION";
        }
        if (value instanceof MemorySize) {
            return "SIZE";
        }
        return value instanceof Integer ? "N" : option.key().endsWith("clude") ? "REGEX" : "TEXT";
    }

    /** The values that the user gave for these options. */
    public static Configuration valuesOf(ParseResult parsed, List<ConfigOption<?>> options) {
        Configuration values = new Configuration();
        for (ConfigOption<?> option : options) {
            if (parsed.hasMatchedOption("--" + option.key())) {
                values.setString(
                        option.key(), String.valueOf((Object) parsed.matchedOptionValue("--" + option.key(), "")));
            }
        }
        return values;
    }

    /** Sets a value that the user did not give. */
    public static <T> void setUnlessGiven(Configuration values, ConfigOption<T> option, T value) {
        if (!values.contains(option)) {
            values.set(option, value);
        }
    }

    /** Takes the checkpoint interval from Flink's configuration, if that has one and the user gave none. */
    public static void setCheckpointInterval(
            Configuration values, ConfigOption<Duration> option, ReadableConfig flinkConf) {
        flinkConf
                .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                .ifPresent(interval -> setUnlessGiven(values, option, interval));
    }
}
