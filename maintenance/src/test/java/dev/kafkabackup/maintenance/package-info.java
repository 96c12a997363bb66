// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.maintenance;

import org.jspecify.annotations.NullMarked;
