// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

/**
 * Why a restore should not begin as it is.
 *
 * @param check that found it
 * @param what what is wrong, where, with the values
 * @param wayOut what else can be done
 * @param consequence what happens if it is allowed
 */
public record Finding(Check check, String what, String wayOut, String consequence) {

    /** One line for the reader, with the option that overrides. */
    public String line() {
        return "%s: %s, or --allow %s (%s)".formatted(what, wayOut, check.option(), consequence);
    }
}
