// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.util.UUID;

/** Names of files that are still being written: no listing shows them, and no two writers share one. */
final class TemporaryName {

    private static final String PREFIX = ".";
    private static final String MARK = ".tmp-";

    private TemporaryName() {}

    static String of(String name) {
        return PREFIX + name + MARK + UUID.randomUUID();
    }

    static boolean is(String name) {
        return name.startsWith(PREFIX) && name.contains(MARK);
    }
}
