// SPDX-License-Identifier: Apache-2.0
/** Where a job of ours runs: in this process, on a session cluster, or wherever this program was submitted to. */
@NullMarked
package dev.kafkabackup.cli.flink;

import org.jspecify.annotations.NullMarked;
