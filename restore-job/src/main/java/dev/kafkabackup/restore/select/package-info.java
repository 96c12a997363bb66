// SPDX-License-Identifier: Apache-2.0
/** Which records of the backup are wanted: a value that is stored with the plan, and users' own filters. */
@NullMarked
package dev.kafkabackup.restore.select;

import org.jspecify.annotations.NullMarked;
