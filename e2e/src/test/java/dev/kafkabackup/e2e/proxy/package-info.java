// SPDX-License-Identifier: Apache-2.0
/** Between the backup and what it depends on: requests are counted, and one of them is where a test strikes. */
@NullMarked
package dev.kafkabackup.e2e.proxy;

import org.jspecify.annotations.NullMarked;
