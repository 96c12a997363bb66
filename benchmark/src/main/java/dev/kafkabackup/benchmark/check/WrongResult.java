// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

/** A run did not do what it was measured for. */
public final class WrongResult extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was expected, and what is there */
    public WrongResult(String message) {
        super(message);
    }
}
