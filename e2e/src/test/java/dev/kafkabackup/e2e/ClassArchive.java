// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;

/**
 * The classes of the distribution in the form in which the JVM has them in memory: a process that maps them starts in
 * half the time, and the tests start more than a hundred. A run of the demo, which needs most classes, writes the file
 * once for each build. The JVM itself passes over a file that does not belong to the jars.
 */
final class ClassArchive {

    private static final Path FILE = Path.of(System.getProperty("java.io.tmpdir"), "kafka-backup.jsa");

    private static final long PATIENCE_SECONDS = 90;

    /** Whether there is one for the present build; null until somebody has asked. */
    private static Boolean there;

    private ClassArchive() {}

    /** Options of a JVM that runs the distribution. */
    static synchronized String options(Path distribution, Path command) {
        if (there == null) {
            there = isNewerThan(distribution) || write(command);
        }
        // without a log: a file that does not fit is told on standard output, which belongs to the command
        return there ? " -Xlog:disable -XX:SharedArchiveFile=" + FILE : "";
    }

    private static boolean isNewerThan(Path distribution) {
        try {
            return Files.exists(FILE)
                    && Files.getLastModifiedTime(FILE)
                                    .compareTo(Files.getLastModifiedTime(distribution.resolve(".complete")))
                            > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean write(Path command) {
        Path unfinished = FILE.resolveSibling(FILE.getFileName() + ".unfinished");
        try {
            Path folder = Files.createTempDirectory("class-archive-");
            Files.deleteIfExists(unfinished);
            ProcessBuilder builder = new ProcessBuilder(command.toString(), "demo")
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("demo.out").toFile());
            builder.environment().put("KAFKA_BACKUP_BUILD", "never");
            builder.environment()
                    .put(
                            "KAFKA_BACKUP_OPTS",
                            "-XX:TieredStopAtLevel=1 -Xlog:disable -Djava.io.tmpdir=%s -XX:ArchiveClassesAtExit=%s"
                                    .formatted(folder, unfinished));
            Process demo = builder.start();
            if (!demo.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                demo.destroyForcibly();
            }
            if (demo.waitFor() != 0 || Files.notExists(unfinished)) {
                System.out.println("Processes start without an archive of classes, see " + folder);
                return false;
            }
            Files.move(unfinished, FILE, StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
