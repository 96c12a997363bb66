// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.util.Map;

/**
 * What is really in a segment.
 *
 * @param recordCount number of records
 * @param minOffset smallest offset, -1 without records
 * @param maxOffset largest offset, -1 without records
 * @param minTimestampMs smallest timestamp from 0 on, or -1 if there is none
 * @param maxTimestampMs largest timestamp from 0 on, -1 if there is none
 * @param maxLeaderEpoch highest leader epoch, -1 if none is known
 * @param ordered whether every record has a higher offset than the one before it in the file
 * @param footer the file's own key-value metadata
 */
record SegmentFacts(
        long recordCount,
        long minOffset,
        long maxOffset,
        long minTimestampMs,
        long maxTimestampMs,
        int maxLeaderEpoch,
        boolean ordered,
        Map<String, String> footer) {}
