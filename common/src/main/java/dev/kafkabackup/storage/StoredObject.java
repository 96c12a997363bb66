// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.time.Instant;

/**
 * An object as a listing shows it. The path is kept in two parts, because a listing may have a million of one folder.
 *
 * @param folder path of its folder below the root, with {@code /} between its parts
 * @param fileName the last part of the path
 * @param sizeBytes size as listed, 0 or more
 * @param modifiedAt when it was published, by the storage's clock
 */
public record StoredObject(String folder, String fileName, long sizeBytes, Instant modifiedAt) {

    /** @param path path below the root; an object there lies in a folder */
    public StoredObject(String path, long sizeBytes, Instant modifiedAt) {
        this(
                path.substring(0, Math.max(0, path.lastIndexOf('/'))),
                path.substring(path.lastIndexOf('/') + 1),
                sizeBytes,
                modifiedAt);
    }

    /** Path below the root, with {@code /} between its parts. */
    public String path() {
        return folder.isEmpty() ? fileName : folder + "/" + fileName;
    }
}
