// SPDX-License-Identifier: Apache-2.0
/** What can go wrong, as types, and the exit code that each maps to; and how to warn of what goes wrong repeatedly. */
@NullMarked
package dev.kafkabackup.error;

import org.jspecify.annotations.NullMarked;
