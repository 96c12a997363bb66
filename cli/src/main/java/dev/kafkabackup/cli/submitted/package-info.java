// SPDX-License-Identifier: Apache-2.0
/** The programs of the job jars: what {@code flink run}, application mode and the REST interface start. */
@NullMarked
package dev.kafkabackup.cli.submitted;

import org.jspecify.annotations.NullMarked;
