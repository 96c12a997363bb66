// SPDX-License-Identifier: Apache-2.0
/** Keeps a backup small while it grows: a cycle observes Kafka, removes what expired, and merges what is small. */
@NullMarked
package dev.kafkabackup.maintenance;

import org.jspecify.annotations.NullMarked;
