// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kafkabackup.maintenance.CycleReport;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.report.RestoreReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page that describes what {@code --output json} prints, held against what is printed. */
class OutputPageTest {

    private static final Path PAGE =
            Path.of("..", "docs", "output.md").toAbsolutePath().normalize();

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** The documents of each section of the page. */
    private static final Map<String, List<Class<?>>> DOCUMENTS = Map.of(
            "topics", List.of(TopicsCommand.Listing.class),
            "describe", List.of(DescribeCommand.Description.class),
            "verify", List.of(BackupCheck.Report.class, RestoreVerification.Report.class),
            "groups", List.of(GroupsCommand.Listing.class, GroupsCommand.History.class),
            "groups translate", List.of(TranslatedGroups.class),
            "restore", List.of(PlanView.class, RestoreReport.class, FinalizationTable.Document.class),
            "maintain", List.of(CycleReport.class));

    static Stream<String> sections() {
        return DOCUMENTS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("sections")
    void everyFieldIsOnThePage(String section) throws IOException {
        String text = Pattern.compile("^## ", Pattern.MULTILINE)
                .splitAsStream(Files.readString(PAGE))
                .filter(part -> part.startsWith("`" + section + "`"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("docs/output.md has no section `" + section + "`"));
        Set<String> fields = new TreeSet<>();
        for (Class<?> document : DOCUMENTS.get(section)) {
            collect(MAPPER.constructType(document), fields);
        }

        assertThat(fields).allSatisfy(field -> assertThat(text).contains("`" + field + "`"));
    }

    /** Ranges of offsets are explained once for all. */
    private static void collect(JavaType type, Set<String> fields) {
        if (type.isContainerType() || type.isReferenceType()) {
            collect(type.getContentType(), fields);
        } else if (type.getRawClass().isRecord() && type.getRawClass() != OffsetRange.class) {
            for (BeanPropertyDefinition property :
                    MAPPER.getSerializationConfig().introspect(type).findProperties()) {
                if (property.couldSerialize()) {
                    fields.add(property.getName());
                    collect(property.getAccessor().getType(), fields);
                }
            }
        }
    }
}
