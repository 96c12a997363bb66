// SPDX-License-Identifier: Apache-2.0
/** Fixtures that tests of all modules share: a broker, and producers that remember what they were acknowledged. */
@NullMarked
package dev.kafkabackup.testing;

import org.jspecify.annotations.NullMarked;
