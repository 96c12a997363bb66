// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.error;

/** Something was written by a newer release than this one. */
public final class UnsupportedFormatVersionException extends RefusedException {

    private static final long serialVersionUID = 1L;

    /**
     * @param what the thing that has a version, for example {@code backup.json}
     * @param found the version found
     * @param newest the newest version that this release reads
     */
    public UnsupportedFormatVersionException(String what, int found, int newest) {
        super("%s has format version %d, but this release reads up to version %d: use a newer release"
                .formatted(what, found, newest));
    }
}
