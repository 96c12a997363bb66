// SPDX-License-Identifier: Apache-2.0
/** Programs in processes of their own, with the wall and CPU time that they took. */
@NullMarked
package dev.kafkabackup.benchmark.process;

import org.jspecify.annotations.NullMarked;
