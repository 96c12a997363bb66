// SPDX-License-Identifier: Apache-2.0
/**
 * The attempts of a restore: one for each time that it was started. Only the newest one may commit; whoever runs an
 * older one notices before a commit.
 */
@NullMarked
package dev.kafkabackup.restore.attempt;

import org.jspecify.annotations.NullMarked;
