// SPDX-License-Identifier: Apache-2.0
/** The inner loops alone, measured with JMH: {@code benchmark/micro}. */
@NullMarked
package dev.kafkabackup.benchmark.micro;

import org.jspecify.annotations.NullMarked;
