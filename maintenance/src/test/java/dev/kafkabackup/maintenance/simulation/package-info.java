// SPDX-License-Identifier: Apache-2.0
/** A backup whose months pass in moments, for tests of maintenance in this module and in others. */
@NullMarked
package dev.kafkabackup.maintenance.simulation;

import org.jspecify.annotations.NullMarked;
