// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import java.time.Instant;

/**
 * A group's committed offset was seen to be another one than before.
 *
 * @param at when it was seen, by the host's clock; of what was known before the time asked for, when that was seen
 * @param offset the new one, or the last one of a group that gave it up
 * @param givenUp whether the group has none any more
 */
public record GroupChange(Instant at, GroupOffset offset, boolean givenUp) {}
