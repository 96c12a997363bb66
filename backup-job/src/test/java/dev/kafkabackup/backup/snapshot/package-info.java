// SPDX-License-Identifier: Apache-2.0
/** Tests of what is recorded beside the records. */
@NullMarked
package dev.kafkabackup.backup.snapshot;

import org.jspecify.annotations.NullMarked;
