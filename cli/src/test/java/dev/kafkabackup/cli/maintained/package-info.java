// SPDX-License-Identifier: Apache-2.0
/** Restores and commands beside maintenance, on a real S3 server. */
@NullMarked
package dev.kafkabackup.cli.maintained;

import org.jspecify.annotations.NullMarked;
