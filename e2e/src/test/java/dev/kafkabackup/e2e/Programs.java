// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** Programs that tests tagged "tools" need. */
final class Programs {

    private Programs() {}

    /** The first one of this name on the PATH. */
    static String find(String name) {
        return Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(
                        name + " is not on the PATH: install what .ci/run installs, or run without -Ptools"))
                .toString();
    }
}
