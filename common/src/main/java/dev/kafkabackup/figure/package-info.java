// SPDX-License-Identifier: Apache-2.0
/** What a running job shows of itself in Flink's web UI, without anybody having to choose metrics there. */
@NullMarked
package dev.kafkabackup.figure;

import org.jspecify.annotations.NullMarked;
