// SPDX-License-Identifier: Apache-2.0
/** Records as real topics have them, and the fingerprints that tell whether all of them arrived. */
@NullMarked
package dev.kafkabackup.benchmark.data;

import org.jspecify.annotations.NullMarked;
