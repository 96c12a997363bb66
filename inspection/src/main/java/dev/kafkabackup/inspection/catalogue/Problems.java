// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.catalogue;

import dev.kafkabackup.error.BackupException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;

/** What could not be read, one line each, so that it hides nothing else. Used from one thread. */
final class Problems {

    private final List<String> lines = new ArrayList<>();

    /** Something that may not be readable. */
    @FunctionalInterface
    interface Reading<T> {

        T read() throws IOException;
    }

    /** What was read, or something else, and a line, if it could not be read. */
    <T> T attempt(T otherwise, Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException | BackupException | KafkaException e) {
            add(e);
            return otherwise;
        }
    }

    void add(Exception failure) {
        add(String.valueOf(failure.getMessage()));
    }

    void add(String line) {
        lines.add(line);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
