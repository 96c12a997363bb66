// SPDX-License-Identifier: Apache-2.0
/** Connecting to Kafka and asking it about topics: an answer or an error for each topic. */
@NullMarked
package dev.kafkabackup.kafka;

import org.jspecify.annotations.NullMarked;
