// SPDX-License-Identifier: Apache-2.0
/** Tests of the backup job against a real broker and a real Flink cluster. */
@NullMarked
package dev.kafkabackup.backup;

import org.jspecify.annotations.NullMarked;
