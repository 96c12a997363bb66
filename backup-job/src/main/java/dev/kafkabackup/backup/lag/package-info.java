// SPDX-License-Identifier: Apache-2.0
/** Durable lag: how far the backup is behind what Kafka has, as metrics and as committed offsets. */
@NullMarked
package dev.kafkabackup.backup.lag;

import org.jspecify.annotations.NullMarked;
