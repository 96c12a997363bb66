// SPDX-License-Identifier: Apache-2.0
/** The packaged distribution as a user runs it, in processes of its own, against a real broker. */
@NullMarked
package dev.kafkabackup.e2e;

import org.jspecify.annotations.NullMarked;
