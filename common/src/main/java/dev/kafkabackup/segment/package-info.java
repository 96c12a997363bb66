// SPDX-License-Identifier: Apache-2.0
/** The segment: its name, its Parquet schema and footer, its writer and its reader. */
@NullMarked
package dev.kafkabackup.segment;

import org.jspecify.annotations.NullMarked;
