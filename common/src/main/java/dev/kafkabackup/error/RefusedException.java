// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import org.jspecify.annotations.Nullable;

/** A safety check said no; the message says which, and which option overrides it where there is one. */
public class RefusedException extends BackupException {

    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        this(message, null);
    }

    public RefusedException(String message, @Nullable Throwable cause) {
        super(ExitCode.REFUSED, message, cause);
    }
}
