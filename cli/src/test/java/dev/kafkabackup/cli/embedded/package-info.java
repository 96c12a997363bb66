// SPDX-License-Identifier: Apache-2.0
/** Tests of running a job in this process. */
@NullMarked
package dev.kafkabackup.cli.embedded;

import org.jspecify.annotations.NullMarked;
