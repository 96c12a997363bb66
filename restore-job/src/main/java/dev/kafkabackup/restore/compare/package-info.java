// SPDX-License-Identifier: Apache-2.0
/** Compares what a target holds with what the backup holds, record by record. */
@NullMarked
package dev.kafkabackup.restore.compare;

import org.jspecify.annotations.NullMarked;
