// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

/** A program did not do its work. */
public final class FailedProgram extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message which program, how it ended, and where its output is */
    public FailedProgram(String message) {
        super(message);
    }
}
