// SPDX-License-Identifier: Apache-2.0
/** What a backup of very many segments takes: measured on a generated listing, and on paper for a large cluster. */
@NullMarked
package dev.kafkabackup.benchmark.scale;

import org.jspecify.annotations.NullMarked;
