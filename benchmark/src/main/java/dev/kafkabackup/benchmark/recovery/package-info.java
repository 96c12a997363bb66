// SPDX-License-Identifier: Apache-2.0
/** How long a record is in Kafka before it is in the storage as well. */
@NullMarked
package dev.kafkabackup.benchmark.recovery;

import org.jspecify.annotations.NullMarked;
