// SPDX-License-Identifier: Apache-2.0
/** A record on its way from the backup to the target topic. */
@NullMarked
package dev.kafkabackup.restore.record;

import org.jspecify.annotations.NullMarked;
