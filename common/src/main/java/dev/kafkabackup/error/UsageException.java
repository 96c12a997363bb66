// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import org.jspecify.annotations.Nullable;

/** The user asked for something that cannot be meant: an unknown option, a bad value, a bad regular expression. */
public class UsageException extends BackupException {

    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        this(message, null);
    }

    public UsageException(String message, @Nullable Throwable cause) {
        super(ExitCode.USAGE, message, cause);
    }
}
