// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import dev.kafkabackup.offset.OffsetRange;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * An object of the backup that cannot be restored from, and what is missing because of it.
 *
 * @param partition number of the partition that it belongs to
 * @param topicId incarnation that it belongs to
 * @param object path below the root: of the object, or of the partition's folder where no object is known
 * @param offsets the offsets whose records are not restored, unless another segment has them; null if nothing tells
 *     which
 * @param what what is wrong with it
 */
public record Damage(
        int partition,
        Uuid topicId,
        String object,
        @Nullable OffsetRange offsets,
        String what) {

    /** For a message: what, where, which offsets. */
    @Override
    public String toString() {
        return offsets == null || what.contains(offsets.toString())
                ? object + ": " + what
                : object + ": " + what + ": offsets " + offsets;
    }
}
