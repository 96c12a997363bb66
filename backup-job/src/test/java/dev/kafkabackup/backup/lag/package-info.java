// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.backup.lag;

import org.jspecify.annotations.NullMarked;
