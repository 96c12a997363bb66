// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import org.jspecify.annotations.Nullable;

/**
 * Something that the user has to know: its message is one line that says what happened, where, and what to do. The
 * command line prints that line and ends with {@link #exitCode()}; the stack trace is for the log.
 */
public abstract class BackupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    BackupException(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** How the process ends when nobody handles this. */
    public final ExitCode exitCode() {
        return exitCode;
    }
}
