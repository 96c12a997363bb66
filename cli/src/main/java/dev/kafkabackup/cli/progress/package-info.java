// SPDX-License-Identifier: Apache-2.0
/** How far a running restore has come, for the person who watches. */
@NullMarked
package dev.kafkabackup.cli.progress;

import org.jspecify.annotations.NullMarked;
