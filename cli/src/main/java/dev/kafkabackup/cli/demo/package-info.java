// SPDX-License-Identifier: Apache-2.0
/** The demo: a topic is lost and comes back, on an embedded broker and an embedded Flink. */
@NullMarked
package dev.kafkabackup.cli.demo;

import org.jspecify.annotations.NullMarked;
