// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.cli;

import org.jspecify.annotations.NullMarked;
