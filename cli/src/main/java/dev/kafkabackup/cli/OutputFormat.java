// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

/** How a command prints its result. */
enum OutputFormat {
    /** For people. */
    TABLE,
    /** For programs: one JSON document on standard output. */
    JSON
}
