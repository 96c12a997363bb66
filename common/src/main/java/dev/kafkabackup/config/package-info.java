// SPDX-License-Identifier: Apache-2.0
/** Options that several modules read. */
@NullMarked
package dev.kafkabackup.config;

import org.jspecify.annotations.NullMarked;
