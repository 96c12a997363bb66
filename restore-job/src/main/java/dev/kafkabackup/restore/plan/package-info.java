// SPDX-License-Identifier: Apache-2.0
/** What is to be restored: a selection becomes a plan, from listings alone. */
@NullMarked
package dev.kafkabackup.restore.plan;

import org.jspecify.annotations.NullMarked;
