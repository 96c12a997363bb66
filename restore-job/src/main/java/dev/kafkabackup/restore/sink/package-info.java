// SPDX-License-Identifier: Apache-2.0
/** Produces in transactions and writes down where each record went. */
@NullMarked
package dev.kafkabackup.restore.sink;

import org.jspecify.annotations.NullMarked;
