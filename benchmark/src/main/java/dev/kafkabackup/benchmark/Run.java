// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One run of a measurement. Its data are removed when it is closed, its results and logs stay.
 *
 * @param begin to the second
 * @param folder for results and logs
 * @param data a folder in it, for what broker, S3 server and product write
 */
record Run(Instant begin, Path folder, Path data) implements AutoCloseable {

    /** Begins one now, in a new folder within the given one. */
    static Run in(Path parent, String name) throws IOException {
        Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        Path folder = Files.createDirectories(
                parent.resolve(name + "-" + begin.toString().replace(":", "")));
        return new Run(begin, folder, Files.createDirectories(folder.resolve("data")));
    }

    /** When and where it is, as the first lines of what is printed of it. */
    String heading() {
        return "- date: %s%n- machine: %d cores, Java %d%n"
                .formatted(
                        begin,
                        Runtime.getRuntime().availableProcessors(),
                        Runtime.version().feature());
    }

    /** When and where it is, as the first fields of its report. */
    ObjectNode report() {
        return new ObjectMapper()
                .createObjectNode()
                .put("date", begin.toString())
                .put("cores", Runtime.getRuntime().availableProcessors());
    }

    /** Keeps the report. */
    void write(ObjectNode report) throws IOException {
        Files.writeString(folder.resolve("report.json"), report.toPrettyString() + System.lineSeparator());
    }

    /** Says where its results are. */
    void announce() {
        System.err.println("Written to " + folder);
    }

    @Override
    public void close() throws IOException {
        Rounds.delete(data);
    }
}
