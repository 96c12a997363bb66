// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import dev.kafkabackup.error.UsageException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * How records are produced into the target.
 *
 * @param delivery what holds after failures
 * @param maxBytesPerSecond bytes of keys, values and headers, uncompressed, that the whole job produces in a second at
 *     most, 1 or more; null for as many as it can
 */
public record ProduceSettings(Delivery delivery, @Nullable Long maxBytesPerSecond) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Exactly once, as fast as possible. */
    public static final ProduceSettings DEFAULT = new ProduceSettings(Delivery.EXACTLY_ONCE, null);

    /** @throws UsageException if the limit lets nothing through */
    public ProduceSettings {
        if (maxBytesPerSecond != null && maxBytesPerSecond < 1) {
            throw new UsageException("--max-bytes-per-second must be 1 or more, but is " + maxBytesPerSecond);
        }
    }
}
