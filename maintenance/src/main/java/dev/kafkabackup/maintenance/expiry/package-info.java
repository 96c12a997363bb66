// SPDX-License-Identifier: Apache-2.0
/** What may be removed because Kafka has removed it. Decisions only, from what is known. */
@NullMarked
package dev.kafkabackup.maintenance.expiry;

import org.jspecify.annotations.NullMarked;
