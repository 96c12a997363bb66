// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

/**
 * How far a restore has come.
 *
 * @param records number of records in the target; 0 or more
 * @param complete whether these are all
 */
public record Progress(long records, boolean complete) {}
