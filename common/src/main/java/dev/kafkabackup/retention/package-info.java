// SPDX-License-Identifier: Apache-2.0
/** How long the backup keeps what Kafka has removed: what was observed of Kafka's retention, and who objects. */
@NullMarked
package dev.kafkabackup.retention;

import org.jspecify.annotations.NullMarked;
