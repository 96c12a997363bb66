// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which topics are to be restored, and under which names. */
final class TopicOptions {

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

    /** Whether nothing says which topics are meant. */
    boolean namesNoTopic() {
        return topics.include == null && topics.names.isEmpty();
    }

    /**
     * The name to restore each selected topic under, by its name in the backup.
     *
     * @param topicsInBackup asked for only if topics are selected by a regular expression
     * @throws UsageException if options contradict each other, or a regular expression matches no topic
     */
    Map<String, String> targets(Supplier<List<String>> topicsInBackup) {
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

    /**
     * Which incarnation of each topic.
     *
     * @throws UsageException if it is not said for one topic, or is no topic ID
     */
    IncarnationChoice incarnations() {
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
}
