// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

/** Exit codes of the command line; scripts rely on them. */
public enum ExitCode {
    /** Done. */
    DONE(0),
    /** Failed: corrupt, unreadable, unreachable, or a gap was found. */
    FAILED(1),
    /** Wrong usage: an option, a regular expression, or the configuration. */
    USAGE(2),
    /** Refused by a safety check. */
    REFUSED(3);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    /** The process's exit status, 0 to 3. */
    public int code() {
        return code;
    }
}
