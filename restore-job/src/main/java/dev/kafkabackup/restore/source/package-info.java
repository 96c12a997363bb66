// SPDX-License-Identifier: Apache-2.0
/** Reads the planned segments: one split is one partition. */
@NullMarked
package dev.kafkabackup.restore.source;

import org.jspecify.annotations.NullMarked;
