// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.maintenance.expiry;

import org.jspecify.annotations.NullMarked;
