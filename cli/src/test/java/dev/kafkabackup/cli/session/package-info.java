// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.kafkabackup.cli.session;

import org.jspecify.annotations.NullMarked;
