// SPDX-License-Identifier: Apache-2.0
/** Topic incarnations and what is known about them besides their records. */
@NullMarked
package dev.kafkabackup.topic;

import org.jspecify.annotations.NullMarked;
