// SPDX-License-Identifier: Apache-2.0
/** Running a job in this process: an embedded Flink, and stopping it in good order. */
@NullMarked
package dev.kafkabackup.cli.embedded;

import org.jspecify.annotations.NullMarked;
