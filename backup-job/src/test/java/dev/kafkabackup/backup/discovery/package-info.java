// SPDX-License-Identifier: Apache-2.0
/** Which topics and partitions there are, and which incarnations are proven to be gone. */
@NullMarked
package dev.kafkabackup.backup.discovery;

import org.jspecify.annotations.NullMarked;
