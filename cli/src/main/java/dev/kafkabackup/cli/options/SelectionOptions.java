// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.TypeConversionException;

/** What is to be restored, and under which names. */
public final class SelectionOptions {

    @Mixin
    private TopicOptions topics = new TopicOptions();

    @Mixin
    private RecordOptions records = new RecordOptions();

    /** Lets a command read the types of these options; moments it has to know already. */
    public static void registerTypes(CommandLine commandLine) {
        commandLine.registerConverter(PartitionList.class, PartitionList::parse);
        commandLine.registerConverter(PartitionOffset.class, PartitionOffset::parse);
        commandLine.registerConverter(Skip.class, Skip::parse);
        commandLine.registerConverter(Condition.class, SelectionOptions::condition);
        commandLine.registerConverter(Pattern.class, SelectionOptions::regex);
    }

    private static Condition condition(String text) {
        try {
            return Condition.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static Pattern regex(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new TypeConversionException("'" + text + "' is not a regular expression: " + e.getDescription());
        }
    }

    /** Whether nothing says which topics are meant. */
    public boolean namesNoTopic() {
        return topics.namesNoTopic();
    }

    /**
     * Checks that the user's filter can be used, if there is one.
     *
     * @throws UsageException if it cannot be found or made
     */
    public void requireFilter() {
        records.requireFilter();
    }

    /**
     * What the options select.
     *
     * @param topicsInBackup asked for only if topics are selected by a regular expression
     * @throws UsageException if options contradict each other, or a regular expression matches no topic
     */
    public List<RestoreSelection> selections(Supplier<List<String>> topicsInBackup) {
        RecordSelection wanted = records.selection();
        List<RestoreSelection> selections = new ArrayList<>();
        topics.targets(topicsInBackup)
                .forEach((source, target) -> selections.add(
                        new RestoreSelection(source, target, topics.incarnations(), records.partitions(), wanted)));
        if (wanted.namesOffsets() && selections.size() > 1) {
            throw new UsageException("Offsets mean something else in each topic: name one --topic, or select by time");
        }
        return selections;
    }
}
