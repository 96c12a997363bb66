// SPDX-License-Identifier: Apache-2.0
/** Whether a backup is whole, and making it whole again from Kafka. */
@NullMarked
package dev.kafkabackup.inspection.verify;

import org.jspecify.annotations.NullMarked;
