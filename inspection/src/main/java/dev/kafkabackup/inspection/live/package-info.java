// SPDX-License-Identifier: Apache-2.0
/** What Kafka has of an incarnation now. */
@NullMarked
package dev.kafkabackup.inspection.live;

import org.jspecify.annotations.NullMarked;
