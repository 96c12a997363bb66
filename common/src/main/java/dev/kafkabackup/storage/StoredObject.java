// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.time.Instant;

/**
 * An object as a listing shows it.
 *
 * @param path path below the root, with {@code /} between its parts
 * @param sizeBytes size as listed, 0 or more
 * @param modifiedAt when it was published, by the storage's clock
 */
public record StoredObject(String path, long sizeBytes, Instant modifiedAt) {

    /** The last part of the path. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
