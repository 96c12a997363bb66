// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.benchmark.data;

import org.jspecify.annotations.NullMarked;
