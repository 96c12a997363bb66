// SPDX-License-Identifier: Apache-2.0
/** Options that several commands share, and how the jobs' options become command-line options. */
@NullMarked
package dev.kafkabackup.cli.options;

import org.jspecify.annotations.NullMarked;
