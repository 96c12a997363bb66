// SPDX-License-Identifier: Apache-2.0
/** The target before the first record: what would lose or refuse records is found here. */
@NullMarked
package dev.kafkabackup.restore.check;

import org.jspecify.annotations.NullMarked;
