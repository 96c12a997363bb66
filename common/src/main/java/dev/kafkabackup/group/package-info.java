// SPDX-License-Identifier: Apache-2.0
/** Snapshots of consumer groups' committed offsets, and their history as of a moment. */
@NullMarked
package dev.kafkabackup.group;

import org.jspecify.annotations.NullMarked;
