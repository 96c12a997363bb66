// SPDX-License-Identifier: Apache-2.0
/** Decides from what a run left behind whether its number counts. */
@NullMarked
package dev.kafkabackup.benchmark.check;

import org.jspecify.annotations.NullMarked;
