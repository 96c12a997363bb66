// SPDX-License-Identifier: Apache-2.0
/** Where things lie below the root and what is covered, from the object listing alone. */
@NullMarked
package dev.kafkabackup.catalog;

import org.jspecify.annotations.NullMarked;
