// SPDX-License-Identifier: Apache-2.0
/** What a backup holds, as people and programs are shown it: from listings and small objects. */
@NullMarked
package dev.kafkabackup.inspection.catalogue;

import org.jspecify.annotations.NullMarked;
