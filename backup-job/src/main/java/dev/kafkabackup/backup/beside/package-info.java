// SPDX-License-Identifier: Apache-2.0
/** Work that is done beside the main way, again and again: it can hold up neither a record nor a checkpoint. */
@NullMarked
package dev.kafkabackup.backup.beside;

import org.jspecify.annotations.NullMarked;
