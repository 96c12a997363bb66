// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import dev.kafkabackup.error.UsageException;
import java.util.Locale;
import java.util.Set;

/** How an object becomes visible whole, which depends on whether a file system shows files that are still open. */
public enum PublishMode {
    /** One put: object stores show an object when it is complete. */
    PUT,
    /** Under a temporary name, synced, renamed: file systems show a file while it is written. */
    RENAME;

    private static final Set<String> PUT_SCHEMES = Set.of("s3", "s3a", "gs", "oss");
    private static final Set<String> RENAME_SCHEMES = Set.of("file", "hdfs", "abfs", "abfss");

    /**
     * The mode for a scheme.
     *
     * @throws UsageException if the scheme is not known: guessing wrong would show half-written segments
     */
    public static PublishMode forScheme(String scheme) {
        String lowerCase = scheme.toLowerCase(Locale.ROOT);
        if (PUT_SCHEMES.contains(lowerCase)) {
            return PUT;
        }
        if (RENAME_SCHEMES.contains(lowerCase)) {
            return RENAME;
        }
        throw new UsageException(
                "It is not known how files of scheme '%s' become visible: add --publish put (object store) or --publish rename (file system)"
                        .formatted(scheme));
    }
}
