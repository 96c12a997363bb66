// SPDX-License-Identifier: Apache-2.0
/** Segment sink: one open segment per partition, sealed and published without holding up the records. */
@NullMarked
package dev.kafkabackup.backup.sink;

import org.jspecify.annotations.NullMarked;
