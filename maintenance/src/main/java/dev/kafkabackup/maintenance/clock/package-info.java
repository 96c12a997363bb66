// SPDX-License-Identifier: Apache-2.0
/** What time it is for the storage, and whether that can be believed. */
@NullMarked
package dev.kafkabackup.maintenance.clock;

import org.jspecify.annotations.NullMarked;
