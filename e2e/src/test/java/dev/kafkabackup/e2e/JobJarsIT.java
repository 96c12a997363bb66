// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code flink run} takes: all that the job needs, nothing that Flink has, and no more than that. */
class JobJarsIT {

    private static final long LARGEST_BYTES = 32L << 20;

    /** Compression that Kafka's clients want in their version; a job's class loader looks into its jar first. */
    private static final List<String> OWN_VERSION = List.of("net/jpountz/", "org/xerial/snappy/");

    private static final Path FLINK = Path.of(System.getProperty("flink.dir"), "lib");

    @ParameterizedTest
    @ValueSource(strings = {"backup-job.jar", "restore-job.jar"})
    void aJobJarHasNoClassThatFlinkHasAndIsSmall(String name) throws IOException {
        Path jar = FlinkCluster.jar(name);
        Set<String> ofFlink = new TreeSet<>();
        try (Stream<Path> jars = Files.list(FLINK)) {
            for (Path provided : jars.toList()) {
                ofFlink.addAll(classes(provided));
            }
        }
        assertThat(ofFlink).contains("org/apache/flink/runtime/taskexecutor/TaskManagerRunner.class");

        Set<String> both = classes(jar);
        assertThat(both).contains("org/apache/kafka/clients/consumer/KafkaConsumer.class");
        both.retainAll(ofFlink);
        both.removeIf(entry -> OWN_VERSION.stream().anyMatch(entry::startsWith));
        assertThat(both).isEmpty();
        assertThat(classes(jar)).noneMatch(entry -> entry.startsWith("org/slf4j/") || entry.contains("/log4j/"));
        assertThat(jar).satisfies(file -> assertThat(Files.size(file)).isLessThan(LARGEST_BYTES));
    }

    private static Set<String> classes(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(entry -> entry.endsWith(".class") && !entry.startsWith("META-INF/"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
