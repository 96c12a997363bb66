// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.process.Program;
import java.io.IOException;
import java.nio.file.Path;

/** Something that is measured. Used by one thread. */
public interface Contestant {

    /** Short name, unique. */
    String name();

    /** One line that says what it does, with the settings that matter. */
    String description();

    /**
     * Makes everything ready for the next run, and gives the program of that run.
     *
     * @param folder empty, for what the run writes
     */
    Program prepare(Path folder) throws IOException, InterruptedException;

    /**
     * Checks what the run has left behind.
     *
     * @param folder of the run
     * @param output what the program has printed
     * @throws dev.kafkabackup.benchmark.check.WrongResult if it is not what it should be: its time is no number then
     */
    void check(Path folder, Path output) throws IOException, InterruptedException;

    /**
     * Bytes that the run has stored.
     *
     * @return -1 if it stores none
     */
    default long storedBytes(Path folder) throws IOException {
        return -1;
    }

    /** Removes what the run has left behind outside of its folder. */
    default void cleanUp() throws IOException, InterruptedException {}
}
