// SPDX-License-Identifier: Apache-2.0
/** For programs that keep source offsets elsewhere: where a restore put their records. */
@NullMarked
package dev.kafkabackup.translate;

import org.jspecify.annotations.NullMarked;
