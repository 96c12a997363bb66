// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.IncarnationChoice;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.select.Condition;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class SelectionOptionsTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private static List<RestoreSelection> select(String... arguments) {
        SelectionOptions options = new SelectionOptions();
        CommandLine commandLine = new CommandLine(options);
        commandLine.registerConverter(Instant.class, Moment::parse);
        SelectionOptions.registerTypes(commandLine);
        commandLine.parseArgs(arguments);
        options.requireFilter();
        return options.selections(() -> List.of("orders", "orders.old", "payments"));
    }

    private static void expectUsage(String message, String... arguments) {
        assertThatThrownBy(() -> select(arguments))
                .isInstanceOfAny(UsageException.class, ParameterException.class)
                .hasMessageContaining(message);
    }

    @Test
    void everythingOfANamedTopicUnderItsOwnOrAnotherName() {
        assertThat(select("--topic", "orders", "--topic", "payments=money"))
                .containsExactly(RestoreSelection.of("orders", "orders"), RestoreSelection.of("payments", "money"));
    }

    @Test
    void topicsByPatternWithPrefixAndSuffix() {
        assertThat(select(
                        "--include",
                        "orders.*",
                        "--exclude",
                        ".*old",
                        "--target-prefix",
                        "a.",
                        "--target-suffix",
                        ".b"))
                .containsExactly(RestoreSelection.of("orders", "a.orders.b"));
        assertThat(select("--topic", "orders", "--topic", "payments=money", "--target-suffix", ".b"))
                .extracting(RestoreSelection::target)
                .containsExactly("orders.b", "money");
    }

    @Test
    void everyWayToNarrowTheSelection() {
        assertThat(select(
                        "--topic=orders",
                        "--topic-id=" + TOPIC_ID,
                        "--partitions=0,2-3",
                        "--from=1970-01-01T00:00:01Z",
                        "--to=2000",
                        "--from-offset=2:10",
                        "--to-offset=2:20",
                        "--to-offset=3:5",
                        "--skip=1200/1970-01-01T00:00:01.300Z",
                        "--skip=2:12-13",
                        "--skip=2:15-15",
                        "--where=key~a.*",
                        "--where=header:x!=y"))
                .containsExactly(new RestoreSelection(
                        "orders",
                        "orders",
                        new IncarnationChoice.One(TOPIC_ID),
                        Set.of(0, 2, 3),
                        new RecordSelection(
                                new TimeRange(1_000, 2_000),
                                List.of(new TimeRange(1_200, 1_300)),
                                Map.of(2, new OffsetRange(10, 20), 3, new OffsetRange(0, 5)),
                                Map.of(2, List.of(new OffsetRange(12, 14), new OffsetRange(15, 16))),
                                List.of(Condition.parse("key~a.*"), Condition.parse("header:x!=y")),
                                null)));
    }

    @Test
    void allIncarnations() {
        assertThat(select("--include", "orders", "--topic-id", "all"))
                .extracting(RestoreSelection::incarnations)
                .containsExactly(IncarnationChoice.ALL);
    }

    @Test
    void contradictionsAreWrongUsage() {
        expectUsage("ends before it begins", "--topic", "orders", "--skip", "1:20-10");
        expectUsage("ends before it begins", "--topic", "orders", "--skip", "2000/1000");
        expectUsage("neither a time range", "--topic", "orders", "--skip", "yesterday");
        expectUsage("is not a moment", "--topic", "orders", "--skip", "yesterday/2000");
        expectUsage("is not a condition like", "--topic", "orders", "--where", "value=1");
        expectUsage("is not a partition with an offset", "--topic", "orders", "--from-offset", "12");
        expectUsage("names partition 1 twice", "--topic", "orders", "--from-offset", "1:2", "--from-offset", "1:3");
        expectUsage("leave nothing of partition 1", "--topic", "orders", "--from-offset", "1:2", "--to-offset", "1:2");
        expectUsage("--exclude needs --include", "--topic", "orders", "--exclude", "pay.*");
        expectUsage("matches no topic in the backup", "--include", "nothing");
        expectUsage("that --exclude leaves", "--include", "pay.*", "--exclude", ".*");
        expectUsage("is not a regular expression", "--include", "(");
        expectUsage("mutually exclusive", "--include", ".*", "--topic", "orders");
        expectUsage("names orders twice", "--topic", "orders", "--topic", "orders=two");
        expectUsage("must be NAME or NAME=TARGET", "--topic", "orders=");
        expectUsage("needs exactly one --topic", "--include", ".*", "--topic-id", TOPIC_ID.toString());
        expectUsage("is neither a topic ID", "--topic", "orders", "--topic-id", "some");
        expectUsage("--from must be before --to", "--topic", "orders", "--from", "2000", "--to", "2000");
        expectUsage("Offsets mean something else in each topic", "--include", ".*", "--from-offset", "0:1");
        expectUsage(
                "Offsets mean something else in each incarnation",
                "--topic",
                "orders",
                "--topic-id",
                "all",
                "--skip",
                "0:1-2");
        expectUsage(
                "--filter-class com.example.Missing cannot be used",
                "--topic",
                "orders",
                "--filter-class",
                "com.example.Missing");
    }
}
