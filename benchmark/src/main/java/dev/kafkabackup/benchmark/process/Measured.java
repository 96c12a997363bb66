// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.process;

import java.time.Duration;

/**
 * What a process took from its start to its end, that of its JVM included.
 *
 * @param wall time on the clock
 * @param cpu user and system time of the process and of those that it waited for
 */
public record Measured(Duration wall, Duration cpu) {}
