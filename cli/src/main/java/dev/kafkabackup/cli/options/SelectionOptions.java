// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordPredicate;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What is to be restored, and under which names. */
public final class SelectionOptions {

    @ArgGroup(multiplicity = "0..1")
    private Topics topics = new Topics();

    @Option(
            names = "--exclude",
            paramLabel = "REGEX",
            description = "With --include: not the topics whose whole name matches this.")
    private @Nullable Pattern exclude;

    @Option(names = "--target-prefix", paramLabel = "TEXT", description = "Put before the name of each target topic.")
    private String targetPrefix = "";

    @Option(names = "--target-suffix", paramLabel = "TEXT", description = "Put behind the name of each target topic.")
    private String targetSuffix = "";

    @Option(
            names = "--topic-id",
            paramLabel = "ID|all",
            description = {
                "Incarnation to restore, for one --topic; or all, one after the other by creation time, into one topic.",
                "Default: the newest one with records in the range; one that another was restored from does not count."
            })
    private @Nullable String topicId;

    @Option(
            names = "--partitions",
            paramLabel = "LIST",
            description = "Only these partitions, for example 0,2-5. Default: all.")
    private @Nullable PartitionList partitions;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "Only records with this timestamp or a later one: ISO-8601 instant or epoch ms.")
    private @Nullable Instant from;

    @Option(names = "--to", paramLabel = "T", description = "Only records with a timestamp before this one.")
    private @Nullable Instant to;

    @Option(
            names = "--from-offset",
            paramLabel = "P:N",
            description = "Of partition P only offset N and those behind it. May be repeated, once per partition.")
    private List<PartitionOffset> fromOffsets = List.of();

    @Option(
            names = "--to-offset",
            paramLabel = "P:N",
            description = "Of partition P only what lies before offset N. May be repeated, once per partition.")
    private List<PartitionOffset> toOffsets = List.of();

    @Option(
            names = "--skip",
            paramLabel = "T1/T2|P:N-M",
            description =
                    "Leave out the wrong data: timestamps from T1 until before T2, or offsets N to M of partition P. May be repeated.")
    private List<Skip> skips = List.of();

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description = {
                "Only records that meet it: key=TEXT, key~REGEX, header:NAME=TEXT, header:NAME~REGEX, != and !~ for the opposite; as UTF-8, a regex matches the whole value.",
                "May be repeated: all have to be met."
            })
    private List<Condition> where = List.of();

    @Option(
            names = "--filter-class",
            paramLabel = "CLASS",
            description =
                    "Only records that this class wants, which implements dev.kafkabackup.restore.select.RecordFilter.")
    private @Nullable String filterClass;

    /** Either names or a pattern. */
    static final class Topics {

        @Option(
                names = "--topic",
                required = true,
                paramLabel = "NAME[=TARGET]",
                description =
                        "Topic in the backup, and the name to restore it under if that is another one. May be repeated. Not needed to go on with a restore.")
        private List<String> names = List.of();

        @Option(
                names = "--include",
                required = true,
                paramLabel = "REGEX",
                description = "Every topic in the backup whose whole name matches this.")
        private @Nullable Pattern include;
    }

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
        return topics.include == null && topics.names.isEmpty();
    }

    /**
     * Checks that the user's filter can be used, if there is one.
     *
     * @throws UsageException if it cannot be found or made
     */
    public void requireFilter() {
        if (filterClass != null) {
            RecordPredicate.filter(filterClass, RecordPredicate.contextClassLoader());
        }
    }

    /**
     * What the options select.
     *
     * @param topicsInBackup asked for only if topics are selected by a regular expression
     * @throws UsageException if options contradict each other, or a regular expression matches no topic
     */
    public List<RestoreSelection> selections(Supplier<List<String>> topicsInBackup) {
        RecordSelection records =
                new RecordSelection(timeRange(), skippedTimes(), offsets(), skippedOffsets(), where, filterClass);
        Set<Integer> wanted = partitions == null ? Set.of() : partitions.numbers();
        List<RestoreSelection> selections = new ArrayList<>();
        targets(topicsInBackup)
                .forEach((source, target) ->
                        selections.add(new RestoreSelection(source, target, incarnations(), wanted, records)));
        if (records.namesOffsets() && selections.size() > 1) {
            throw new UsageException("Offsets mean something else in each topic: name one --topic, or select by time");
        }
        return selections;
    }

    private Map<String, String> targets(Supplier<List<String>> topicsInBackup) {
        Map<String, String> targets = new LinkedHashMap<>();
        Pattern include = topics.include;
        if (include != null) {
            topicsInBackup.get().stream()
                    .filter(name -> include.matcher(name).matches())
                    .filter(name -> exclude == null || !exclude.matcher(name).matches())
                    .forEach(name -> targets.put(name, targetPrefix + name + targetSuffix));
            if (targets.isEmpty()) {
                throw new UsageException("--include '%s' matches no topic in the backup".formatted(include)
                        + (exclude == null ? "" : " that --exclude leaves"));
            }
            return targets;
        }
        if (exclude != null) {
            throw new UsageException("--exclude needs --include, but topics are named by --topic");
        }
        for (String topic : topics.names) {
            int equals = topic.indexOf('=');
            String source = equals < 0 ? topic : topic.substring(0, equals);
            String target = equals < 0 ? targetPrefix + topic + targetSuffix : topic.substring(equals + 1);
            if (source.isEmpty() || target.isEmpty()) {
                throw new UsageException("--topic must be NAME or NAME=TARGET, but is '" + topic + "'");
            }
            if (targets.put(source, target) != null) {
                throw new UsageException("--topic names %s twice: one restore brings it back once".formatted(source));
            }
        }
        return targets;
    }

    private IncarnationChoice incarnations() {
        if (topicId == null) {
            return IncarnationChoice.NEWEST;
        }
        if (topicId.equals("all")) {
            return IncarnationChoice.ALL;
        }
        if (topics.include != null || topics.names.size() > 1) {
            throw new UsageException("--topic-id %s needs exactly one --topic".formatted(topicId));
        }
        try {
            return new IncarnationChoice.One(Uuid.fromString(topicId));
        } catch (IllegalArgumentException e) {
            throw new UsageException(
                    "--topic-id '%s' is neither a topic ID as Kafka prints it nor 'all'".formatted(topicId), e);
        }
    }

    private TimeRange timeRange() {
        if (from == null && to == null) {
            return TimeRange.UNBOUNDED;
        }
        long fromMs = from == null ? 0 : from.toEpochMilli();
        long toMs = to == null ? Long.MAX_VALUE : to.toEpochMilli();
        if (fromMs < 0 || toMs <= fromMs) {
            throw new UsageException("--from must be before --to and not before 1970, but they are %s and %s"
                    .formatted(from == null ? "the beginning" : from, to == null ? "the end" : to));
        }
        return new TimeRange(fromMs, toMs);
    }

    private List<TimeRange> skippedTimes() {
        List<TimeRange> times = new ArrayList<>();
        for (Skip skip : skips) {
            if (skip instanceof Skip.Times skipped) {
                times.add(skipped.range());
            }
        }
        return times;
    }

    private Map<Integer, List<OffsetRange>> skippedOffsets() {
        Map<Integer, List<OffsetRange>> offsets = new TreeMap<>();
        for (Skip skip : skips) {
            if (skip instanceof Skip.Offsets skipped) {
                offsets.computeIfAbsent(skipped.partition(), any -> new ArrayList<>())
                        .add(skipped.range());
            }
        }
        return offsets;
    }

    private Map<Integer, OffsetRange> offsets() {
        Map<Integer, Long> starts = byPartition("--from-offset", fromOffsets);
        Map<Integer, Long> ends = byPartition("--to-offset", toOffsets);
        Map<Integer, OffsetRange> offsets = new TreeMap<>();
        starts.forEach((partition, start) ->
                offsets.put(partition, range(partition, start, ends.getOrDefault(partition, Long.MAX_VALUE))));
        ends.forEach((partition, end) -> offsets.computeIfAbsent(partition, alone -> range(alone, 0, end)));
        return offsets;
    }

    private static OffsetRange range(int partition, long start, long end) {
        if (end <= start) {
            throw new UsageException("--from-offset and --to-offset leave nothing of partition %d: %d is not before %d"
                    .formatted(partition, start, end));
        }
        return new OffsetRange(start, end);
    }

    private static Map<Integer, Long> byPartition(String option, List<PartitionOffset> given) {
        Map<Integer, Long> offsets = new TreeMap<>();
        for (PartitionOffset one : given) {
            if (offsets.put(one.partition(), one.offset()) != null) {
                throw new UsageException(option + " names partition " + one.partition() + " twice");
            }
        }
        return offsets;
    }
}
