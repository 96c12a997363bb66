// SPDX-License-Identifier: Apache-2.0
/** Whether a finished restore has made what it promised. */
@NullMarked
package dev.kafkabackup.restore.verify;

import org.jspecify.annotations.NullMarked;
