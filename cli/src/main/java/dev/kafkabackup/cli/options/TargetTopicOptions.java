// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.restore.check.Check;
import dev.kafkabackup.restore.check.TargetOptions;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a user says about the topics that are restored into. */
public final class TargetTopicOptions {

    @Option(
            names = "--allow",
            paramLabel = "CHECK,...",
            description = {
                "Checks of the target that do not refuse; may be repeated:",
                "  not-empty     it holds records: restored ones come behind them",
                "  live-source   it is the topic that was backed up",
                "  retention     its retention deletes restored records",
                "  compaction    its log compaction removes restored records",
                "  message-size  it accepts smaller records than the source did",
                "  timestamps    it refuses timestamps as old or new as the restored ones",
                "  append-time   it replaces timestamps by the time of arrival",
                "  rights        rights seem to be missing"
            })
    private List<String> allowed = List.of();

    @Option(names = "--add-partitions", description = "Add the partitions that an existing target lacks.")
    private boolean addPartitions;

    @Option(
            names = "--replication-factor",
            paramLabel = "N",
            description =
                    "Of topics that are created. Default: the one in the backup, as far as there are brokers for it.")
    private @Nullable Short replicationFactor;

    @Option(
            names = "--topic-config",
            paramLabel = "NAME=VALUE",
            description = "Configuration of topics that are created, over the one in the backup. May be repeated.")
    private Map<String, String> topicConfigs = Map.of();

    /** What the options say. */
    public TargetOptions options() {
        Set<Check> checks = EnumSet.noneOf(Check.class);
        allowed.forEach(list -> checks.addAll(Check.parse(list)));
        return new TargetOptions(checks, addPartitions, replicationFactor, topicConfigs);
    }
}
