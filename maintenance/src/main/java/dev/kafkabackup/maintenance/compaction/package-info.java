// SPDX-License-Identifier: Apache-2.0
/** Small segments become large ones: what to merge, merging it, and removing what a merged segment replaces. */
@NullMarked
package dev.kafkabackup.maintenance.compaction;

import org.jspecify.annotations.NullMarked;
