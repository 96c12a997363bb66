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

    /** Where a file of a folder lies; the root itself has no name. */
    static String path(String folder, String fileName) {
        return folder.isEmpty() ? fileName : folder + "/" + fileName;
    }

    /** The last part of the path. */
    public String fileName() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
