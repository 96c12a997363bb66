// SPDX-License-Identifier: Apache-2.0
/** The results as a table and as JSON. */
@NullMarked
package dev.kafkabackup.benchmark.report;

import org.jspecify.annotations.NullMarked;
