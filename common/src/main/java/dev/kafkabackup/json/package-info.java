// SPDX-License-Identifier: Apache-2.0
/** How small things are written as JSON: one mapper, so that every file and every answer follows the same rules. */
@NullMarked
package dev.kafkabackup.json;

import org.jspecify.annotations.NullMarked;
