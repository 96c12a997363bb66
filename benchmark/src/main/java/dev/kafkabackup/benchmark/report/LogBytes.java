// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.report;

/**
 * What the records occupy on the broker's disk, in bytes.
 *
 * @param lz4 if producers compress with lz4, as the source topic's did
 * @param zstd if they compress with zstd
 */
public record LogBytes(long lz4, long zstd) {}
