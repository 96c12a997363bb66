// SPDX-License-Identifier: Apache-2.0
/** Measures both jobs beside what limits them and what a user would write instead. */
@NullMarked
package dev.kafkabackup.benchmark;

import org.jspecify.annotations.NullMarked;
