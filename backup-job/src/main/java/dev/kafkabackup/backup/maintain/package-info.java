// SPDX-License-Identifier: Apache-2.0
/** Maintenance beside the backup, with its metrics. */
@NullMarked
package dev.kafkabackup.backup.maintain;

import org.jspecify.annotations.NullMarked;
