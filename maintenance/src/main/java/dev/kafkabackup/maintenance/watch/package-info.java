// SPDX-License-Identifier: Apache-2.0
/** What Kafka has removed: looking, and remembering for how long it was seen. */
@NullMarked
package dev.kafkabackup.maintenance.watch;

import org.jspecify.annotations.NullMarked;
