// SPDX-License-Identifier: Apache-2.0
/**
 * Decides whether a backup or a restore is right, from stored objects and Kafka alone and with none of the product's
 * code.
 */
@NullMarked
package dev.kafkabackup.e2e.judge;

import org.jspecify.annotations.NullMarked;
