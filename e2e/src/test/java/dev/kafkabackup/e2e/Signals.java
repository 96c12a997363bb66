// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a {@link Process} cannot do by itself. */
final class Signals {

    private Signals() {}

    /** @param name without SIG, as in {@code STOP} */
    static void send(Process process, String name) throws InterruptedException {
        try {
            // the shell's own: a bare machine has no program of that name
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
            assertThat(kill.waitFor()).as("exit code of kill -%s", name).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
