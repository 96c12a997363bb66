// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tests of all modules, as text: their classes are in no jar that another module could see. */
class TestCodeTest {

    private static final Path REPOSITORY = Path.of("").toAbsolutePath().getParent();

    @Test
    void junitJupiterOnly() throws IOException {
        assertThat(linesOfTests(Pattern.compile(
                        "import (static )?(org\\.junit\\.[A-Z*]|org\\.junit\\.(runner|rules)|junit\\.framework).*")))
                .isEmpty();
    }

    @Test
    void noTestLogsPastTheLogger() throws IOException {
        assertThat(linesOfTests(Pattern.compile("import java\\.util\\.logging\\..*")))
                .isEmpty();
    }

    private static List<String> linesOfTests(Pattern pattern) throws IOException {
        try (Stream<Path> modules = Files.list(REPOSITORY)) {
            List<Path> tests = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .flatMap(TestCodeTest::javaFiles)
                    .filter(file -> !file.endsWith("TestCodeTest.java"))
                    .toList();
            assertThat(tests).as("tests of several modules are seen").hasSizeGreaterThan(10);
            return tests.stream()
                    .flatMap(file -> lines(file).stream()
                            .filter(line -> pattern.matcher(line).matches())
                            .map(line -> REPOSITORY.relativize(file) + ": " + line.strip()))
                    .toList();
        }
    }

    private static Stream<Path> javaFiles(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
