// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import java.util.List;

/**
 * What the enumerator knows and the readers do not.
 *
 * @param planned whether the plan has been read; all splits that are not pending belong to readers then
 * @param pending splits that no reader has, in any order
 */
record SegmentEnumeratorState(boolean planned, List<SegmentSplit> pending) {

    /** Before the plan was read. */
    static final SegmentEnumeratorState UNPLANNED = new SegmentEnumeratorState(false, List.of());

    SegmentEnumeratorState {
        pending = List.copyOf(pending);
    }
}
