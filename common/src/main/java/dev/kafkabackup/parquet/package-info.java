// SPDX-License-Identifier: Apache-2.0
/** What every Parquet file of a backup shares: files in memory, the zstd codec, checksums. */
@NullMarked
package dev.kafkabackup.parquet;

import org.jspecify.annotations.NullMarked;
