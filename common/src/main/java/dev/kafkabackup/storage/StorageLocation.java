// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import dev.kafkabackup.error.UsageException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a backup lies and how to talk to it; opened anew by every process that needs it.
 *
 * @param root absolute URI of a Flink file system, without a slash at its end
 * @param publishMode how objects become visible there
 * @param callTimeout how long one storage call may take, not counting the time that many bytes need
 */
public record StorageLocation(URI root, PublishMode publishMode, Duration callTimeout) implements Serializable {

    private static final long serialVersionUID = 1L;

    /** How long one storage call may take if nothing else is said. */
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(30);

    /**
     * Reads what a user wrote: a URI, or a path of the local file system.
     *
     * @throws UsageException if it is neither
     */
    public static StorageLocation parse(String storage) {
        URI root = toUri(storage);
        return new StorageLocation(root, PublishMode.forScheme(root.getScheme()), DEFAULT_CALL_TIMEOUT);
    }

    /**
     * The same with a publish mode of the user's choice, for file systems that are not known here.
     *
     * @throws UsageException if it is neither a URI nor a path
     */
    public static StorageLocation parse(String storage, PublishMode publishMode) {
        return new StorageLocation(toUri(storage), publishMode, DEFAULT_CALL_TIMEOUT);
    }

    private static URI toUri(String storage) {
        try {
            URI uri = new URI(storage);
            if (uri.getScheme() == null) {
                return withoutSlash(
                        Path.of(storage).toAbsolutePath().normalize().toUri());
            }
            if (uri.getPath() == null) {
                throw new UsageException(
                        "Storage '" + storage + "' has no path: write it like s3://bucket/folder or file:///folder");
            }
            return withoutSlash(uri);
        } catch (URISyntaxException e) {
            throw new UsageException("Storage '" + storage + "' is not a URI: " + e.getMessage(), e);
        }
    }

    private static URI withoutSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") && text.length() > (uri.getScheme() + ":///").length()
                ? URI.create(text.substring(0, text.length() - 1))
                : uri;
    }

    /** Opens the storage; nothing is read or written yet. */
    public BackupStorage open() {
        return new FlinkStorage(this);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
