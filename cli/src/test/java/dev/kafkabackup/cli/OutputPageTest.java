// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.select.RecordSelection;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The page on JSON output names every field of the documents that have to do with a restore or with maintenance. */
class OutputPageTest {

    private static final Path PAGE =
            Path.of("..", "docs", "output.md").toAbsolutePath().normalize();
    private static final String INTRODUCTION = "# What `--output json` prints";
    private static final String DRY_RUN = "## `restore --dry-run`";

    /** The sections that a document is described in; what they have in common with others may be in one of those. */
    static Stream<Arguments> documents() {
        return Stream.of(
                Arguments.of(PlanView.class, List.of(DRY_RUN)),
                Arguments.of(RestoreReport.class, List.of("## `restore`", DRY_RUN)),
                Arguments.of(FinalizationTable.Document.class, List.of("## `restore --finalize`")),
                Arguments.of(RestoreVerification.Document.class, List.of("## `verify --restore-id`")),
                Arguments.of(TranslatedGroups.class, List.of("## `groups translate`")),
                Arguments.of(CycleReport.class, List.of("## `maintain`")));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyFieldIsThere(Class<?> document, List<String> headings) throws IOException {
        List<String> sections = Arrays.asList(Files.readString(PAGE).split("(?m)^(?=## )"));
        String text = sections.stream()
                .filter(section -> section.startsWith(INTRODUCTION)
                        || headings.stream().anyMatch(heading -> section.startsWith(heading + "\n")))
                .collect(Collectors.joining());

        assertThat(fields(document))
                .isNotEmpty()
                .allSatisfy(field -> assertThat(text).contains("`" + field + "`"));
    }

    private static Set<String> fields(Type type) {
        Set<String> fields = new TreeSet<>();
        if (type instanceof ParameterizedType list) {
            for (Type argument : list.getActualTypeArguments()) {
                fields.addAll(fields(argument));
            }
        } else if (type instanceof Class<?> record && record.isRecord() && record != RecordSelection.class) {
            for (RecordComponent component : record.getRecordComponents()) {
                fields.add(component.getName());
                fields.addAll(fields(component.getGenericType()));
            }
        }
        return fields;
    }
}
