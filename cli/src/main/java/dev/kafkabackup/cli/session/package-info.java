// SPDX-License-Identifier: Apache-2.0
/** Jobs on a session cluster, which is reached over its REST interface. */
@NullMarked
package dev.kafkabackup.cli.session;

import org.jspecify.annotations.NullMarked;
