// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.benchmark.scale;

import org.jspecify.annotations.NullMarked;
