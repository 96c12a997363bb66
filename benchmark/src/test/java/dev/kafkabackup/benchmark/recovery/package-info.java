// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.benchmark.recovery;

import org.jspecify.annotations.NullMarked;
