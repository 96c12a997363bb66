// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.benchmark;

import org.jspecify.annotations.NullMarked;
