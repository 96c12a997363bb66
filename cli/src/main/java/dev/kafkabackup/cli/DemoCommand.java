// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.demo.Demo;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.FileSystem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole way on one machine with nothing to install, and proves that it worked. */
@Command(
        name = "demo",
        description = {
            "Loses a topic and brings it back, in this process, with nothing to install.",
            "Produces to a topic, backs it up, deletes it, restores it, lets its consumer group go on, and compares",
            "every record with what was produced. Ends with 0 only if all is proven."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  kafka-backup demo --keep --dir /tmp/demo"})
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Folder for broker and backup. Default: a new temporary one.")
    private @Nullable Path dir;

    @Option(names = "--keep", description = "Leave the folder for a look.")
    private boolean keep;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "0",
            description = "Port of the broker. Default: any free one.")
    private int port;

    @Override
    public Integer call() {
        Path folder = folder();
        FileSystem.initialize(new Configuration(), null);
        try {
            boolean passed = new Demo(folder, port, Terminal::result).run();
            return (passed ? ExitCode.DONE : ExitCode.FAILED).code();
        } finally {
            if (keep) {
                Terminal.note("The backup is in %s", folder.resolve("backup"));
            } else {
                delete(folder);
            }
        }
    }

    private Path folder() {
        try {
            if (dir == null) {
                return Files.createTempDirectory("kafka-backup-demo-");
            }
            Files.createDirectories(dir);
            try (Stream<Path> content = Files.list(dir)) {
                if (content.findAny().isPresent()) {
                    throw new FailedException("The folder " + dir + " is not empty; give --dir an empty or new one");
                }
            }
            return dir;
        } catch (IOException e) {
            throw new FailedException("The folder for the demo cannot be made: " + e, e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(path -> {
                try {
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException | UncheckedIOException e) {
            Terminal.note("The folder %s could not be removed: %s", folder, e);
        }
    }
}
