// SPDX-License-Identifier: Apache-2.0
/** The backup job: what it is told, and how its parts are wired. */
@NullMarked
package dev.kafkabackup.backup;

import org.jspecify.annotations.NullMarked;
