// SPDX-License-Identifier: Apache-2.0
/** Taking over a restore that was begun and has not finished: the target alone tells how far it came. */
@NullMarked
package dev.kafkabackup.restore.resume;

import org.jspecify.annotations.NullMarked;
