// SPDX-License-Identifier: Apache-2.0
/** A real Kafka broker inside this JVM, for the demo and for tests. */
@NullMarked
package dev.kafkabackup.broker;

import org.jspecify.annotations.NullMarked;
