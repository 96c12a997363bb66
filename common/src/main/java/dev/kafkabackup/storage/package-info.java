// SPDX-License-Identifier: Apache-2.0
/** Publishing objects whole, listing and reading them, over any Flink file system. */
@NullMarked
package dev.kafkabackup.storage;

import org.jspecify.annotations.NullMarked;
