// SPDX-License-Identifier: Apache-2.0
/** What is measured: the limits, what a user would write instead, and the product. */
@NullMarked
package dev.kafkabackup.benchmark.contestant;

import org.jspecify.annotations.NullMarked;
