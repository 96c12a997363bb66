// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.live;

/**
 * Where the log of a partition begins and ends in Kafka.
 *
 * @param logStartOffset smallest offset that Kafka has
 * @param lastStableOffset offset up to which Kafka serves records, exclusive
 */
public record LiveLog(long logStartOffset, long lastStableOffset) {}
