// SPDX-License-Identifier: Apache-2.0
/** What can go wrong, as types, and the exit code that each maps to. */
@NullMarked
package dev.kafkabackup.error;

import org.jspecify.annotations.NullMarked;
