// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What maintenance is told.
 *
 * @param interval from the end of one cycle to the start of the next one
 * @param retentionGrace how long records stay after Kafka has removed them; null for ever
 * @param deletedTopicGrace how long a deleted topic stays; null for ever
 * @param largestShareGone of the topics, 0 to 1: when more than that vanish at once, their removal has to be confirmed
 * @param targetBytes size up to which segments are merged
 * @param compressionLevel zstd level of merged segments, 1 to 19
 * @param bytesPerSecond how much is merged, or read again, in a second on average; 0 for no limit
 */
public record MaintenanceConfig(
        Duration interval,
        @Nullable Duration retentionGrace,
        @Nullable Duration deletedTopicGrace,
        double largestShareGone,
        long targetBytes,
        int compressionLevel,
        long bytesPerSecond)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The same for somebody who waits for the end. */
    public MaintenanceConfig unlimited() {
        return new MaintenanceConfig(
                interval, retentionGrace, deletedTopicGrace, largestShareGone, targetBytes, compressionLevel, 0);
    }
}
