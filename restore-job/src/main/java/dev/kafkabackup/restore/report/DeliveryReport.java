// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.report;

import dev.kafkabackup.restore.sink.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * How records were delivered, and what came in between.
 *
 * @param delivery what was asked for
 * @param interrupted whether there were several attempts, or records were produced again after a failure
 * @param repeatedAtMost without transactions: offsets of the target behind its former end that the offset map does not
 *     lead to, which are records that were produced again unless somebody else produces there too; 0 or more. Null with
 *     transactions, whose markers take offsets too
 */
public record DeliveryReport(
        Delivery delivery, boolean interrupted, @Nullable Long repeatedAtMost) {

    /**
     * Sums up.
     *
     * @param attempts 1 or more
     * @param repeatedAtMost looked at only without transactions
     */
    public static DeliveryReport of(Delivery delivery, int attempts, long repeatedAtMost) {
        return delivery == Delivery.EXACTLY_ONCE
                ? new DeliveryReport(delivery, attempts > 1, null)
                : new DeliveryReport(delivery, attempts > 1 || repeatedAtMost > 0, repeatedAtMost);
    }
}
