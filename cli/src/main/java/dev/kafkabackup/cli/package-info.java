// SPDX-License-Identifier: Apache-2.0
/** The kafka-backup command line: one class per command, thin over common and the jobs. */
@NullMarked
package dev.kafkabackup.cli;

import org.jspecify.annotations.NullMarked;
