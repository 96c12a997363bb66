// SPDX-License-Identifier: Apache-2.0
/** Offset ranges, coverage, and the offset map that a restore writes. */
@NullMarked
package dev.kafkabackup.offset;

import org.jspecify.annotations.NullMarked;
