// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

import org.jspecify.annotations.Nullable;

/** An object of the backup does not hold what its name, its footer or its checksums promise. */
public class CorruptDataException extends FailedException {

    private static final long serialVersionUID = 1L;

    /**
     * @param object the object's path below the root
     * @param what what was found and what was expected; for a segment with its offset range
     */
    public CorruptDataException(String object, String what, @Nullable Throwable cause) {
        super(object + ": " + what, cause);
    }

    public CorruptDataException(String object, String what) {
        this(object, what, null);
    }
}
