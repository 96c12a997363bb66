// SPDX-License-Identifier: Apache-2.0
/** Topic-ID-aware source: one split is one partition of one incarnation, read from its durable offset on. */
@NullMarked
package dev.kafkabackup.backup.source;

import org.jspecify.annotations.NullMarked;
