// SPDX-License-Identifier: Apache-2.0
/** Consumer groups after a restore: their committed offsets, translated through the offset map and put in place. */
@NullMarked
package dev.kafkabackup.restore.group;

import org.jspecify.annotations.NullMarked;
