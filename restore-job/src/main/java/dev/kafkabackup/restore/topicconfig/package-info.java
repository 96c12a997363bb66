// SPDX-License-Identifier: Apache-2.0
/**
 * Configurations of target topics: while they are filled, as they were backed up, and the way from one to the other.
 */
@NullMarked
package dev.kafkabackup.restore.topicconfig;

import org.jspecify.annotations.NullMarked;
