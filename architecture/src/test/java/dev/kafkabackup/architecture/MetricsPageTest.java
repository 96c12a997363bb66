// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of metrics names what the code registers, no more and no less. */
class MetricsPageTest {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final Pattern ROW = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE);

    private static final Pattern REGISTERED =
            Pattern.compile("\\.(?:counter|gauge|meter)\\(\\s*(?:\"(\\w+)\"|(\\w+)( \\+ \"(\\w+)\")?)");

    @Test
    void everyMetricIsOnThePageAndEveryRowIsAMetric() throws IOException {
        Set<String> rows = new TreeSet<>();
        ROW.matcher(Files.readString(REPOSITORY.resolve("docs/metrics.md")))
                .results()
                .forEach(row -> rows.add(row.group(1)));

        assertThat(rows).containsExactlyInAnyOrderElementsOf(registered());
    }

    private static Set<String> registered() throws IOException {
        // Flink's own name, set by a method of its own
        Set<String> names = new TreeSet<>(Set.of("pendingRecords"));
        for (String module : Set.of("backup-job", "restore-job", "maintenance")) {
            try (Stream<Path> files = Files.walk(REPOSITORY.resolve(module).resolve("src/main/java"))) {
                for (Path file :
                        files.filter(path -> path.toString().endsWith(".java")).toList()) {
                    collect(Files.readString(file), names);
                }
            }
        }
        return names;
    }

    private static void collect(String source, Set<String> names) {
        Matcher matcher = REGISTERED.matcher(source);
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                names.add(matcher.group(1));
            } else {
                names.addAll(named(source, matcher.toMatchResult()));
            }
        }
    }

    /** Names that are constants, parameters or results of a method: found where they are written down. */
    private static Set<String> named(String source, MatchResult registration) {
        String suffix = registration.group(4) == null ? "" : registration.group(4);
        Pattern definition = switch (registration.group(2)) {
            case "counterName" -> Pattern.compile("case \\w+ -> \"(\\w+)\";");
            case "name" -> null;
            default -> Pattern.compile("String " + registration.group(2) + " = \"(\\w+)\";");
        };
        Set<String> names = new TreeSet<>();
        if (definition == null) {
            rounds().forEach(round -> names.add(round + suffix));
        } else {
            definition.matcher(source).results().forEach(found -> names.add(found.group(1) + suffix));
        }
        assertThat(names).as("names of %s", registration.group()).isNotEmpty();
        return names;
    }

    /** What is done beside the backup counts its turns under these names. */
    private static Set<String> rounds() {
        Set<String> rounds = new TreeSet<>();
        for (String file : Set.of("snapshot/SnapshotTasks.java", "maintain/MaintenanceTasks.java")) {
            Path path = REPOSITORY
                    .resolve("backup-job/src/main/java/dev/kafkabackup/backup")
                    .resolve(file);
            try {
                Pattern.compile("new Round\\(\\s*\"[^\"]+\",\\s*\"(\\w+)\"")
                        .matcher(Files.readString(path))
                        .results()
                        .forEach(round -> rounds.add(round.group(1)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return rounds;
    }
}
