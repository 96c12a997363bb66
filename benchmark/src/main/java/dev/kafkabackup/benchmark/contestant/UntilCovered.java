// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.BackupCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs a backup that never ends by itself until it has covered a topic, and stops it then. */
final class UntilCovered {

    private static final long LOOK_MILLIS = 100;

    private UntilCovered() {}

    /**
     * Exits with the exit code of the backup, with 1 if it ends too early.
     *
     * @param arguments root of the backup, topic, number of offsets in each partition with commas between, command
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path root = Path.of(arguments[0]);
        List<Long> ends =
                Arrays.stream(arguments[2].split(",", -1)).map(Long::valueOf).toList();
        Process backup = new ProcessBuilder(List.of(arguments).subList(3, arguments.length))
                .inheritIO()
                .start();
        while (!BackupCheck.reaches(root, arguments[1], ends)) {
            if (!backup.isAlive()) {
                System.err.println("The backup has ended before it was complete");
                System.exit(1);
            }
            Thread.sleep(LOOK_MILLIS);
        }
        backup.destroy();
        System.exit(backup.waitFor());
    }
}
