// SPDX-License-Identifier: Apache-2.0
/** What a restore needs besides the records, written beside the main way: topic metadata and group offsets. */
@NullMarked
package dev.kafkabackup.backup.snapshot;

import org.jspecify.annotations.NullMarked;
