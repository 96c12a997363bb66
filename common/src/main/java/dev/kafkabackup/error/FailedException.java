// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import org.jspecify.annotations.Nullable;

/** Something could not be done: unreachable, unreadable, or incomplete. */
public class FailedException extends BackupException {

    private static final long serialVersionUID = 1L;

    public FailedException(String message) {
        this(message, null);
    }

    public FailedException(String message, @Nullable Throwable cause) {
        super(ExitCode.FAILED, message, cause);
    }
}
