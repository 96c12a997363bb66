// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.offset.OffsetRange;
import org.jspecify.annotations.Nullable;

/**
 * An object of the backup that cannot be restored from, and what is missing because of it.
 *
 * @param object path below the root: of the object, or of the partition's folder where no object is known
 * @param offsets the offsets whose records are not restored; null if nothing tells which
 * @param what what is wrong with it
 */
public record Damage(String object, @Nullable OffsetRange offsets, String what) {}
