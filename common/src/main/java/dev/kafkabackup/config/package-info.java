// SPDX-License-Identifier: Apache-2.0
/** Reading options, with messages for whoever wrote them. */
@NullMarked
package dev.kafkabackup.config;

import org.jspecify.annotations.NullMarked;
