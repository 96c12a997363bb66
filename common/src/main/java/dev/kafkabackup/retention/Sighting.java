// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.retention;

import java.time.Instant;

/**
 * What was seen at one moment.
 *
 * @param at when, by the storage's clock
 * @param value what was seen: an offset, or 1 for gone and 0 for there
 */
public record Sighting(Instant at, long value) {}
