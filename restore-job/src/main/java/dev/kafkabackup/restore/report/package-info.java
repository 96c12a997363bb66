// SPDX-License-Identifier: Apache-2.0
/** What a restore did, computed from its plan and its offset map. */
@NullMarked
package dev.kafkabackup.restore.report;

import org.jspecify.annotations.NullMarked;
