// SPDX-License-Identifier: Apache-2.0
/** Segments to Kafka: plan, check the target, produce exactly once, map every offset, report. */
@NullMarked
package dev.kafkabackup.restore;

import org.jspecify.annotations.NullMarked;
