// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import dev.kafkabackup.error.UsageException;
import java.io.Serializable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Where a backup lies and how to talk to it; opened anew by every process that needs it.
 *
 * @param root absolute URI of a Flink file system, without a slash at its end
 * @param publishMode how objects become visible there
 * @param callTimeout how long one storage call may take, not counting the time that many bytes need
 */
public record StorageLocation(URI root, PublishMode publishMode, Duration callTimeout) implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String FILE = "file";

    /** How long one storage call may take if nothing else is said. */
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(30);

    /** Slowest transfer that is still waited for. */
    private static final long BYTES_PER_SECOND_AT_LEAST = 1024 * 1024;

    private static final Pattern HAS_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:.*");

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
        return HAS_SCHEME.matcher(storage).matches() ? fromUri(storage) : fromPath(storage);
    }

    private static URI fromUri(String storage) {
        URI uri;
        try {
            uri = new URI(storage);
        } catch (URISyntaxException e) {
            throw new UsageException("Storage '" + storage + "' is not a URI: " + e.getMessage(), e);
        }
        if (uri.getPath() == null) {
            throw new UsageException(
                    "Storage '" + storage + "' has no path: write it like s3://bucket/folder or file:///folder");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new UsageException("Storage '" + storage + "' has a part behind ? or #: write them as %3F and %23");
        }
        if (FILE.equals(uri.getScheme()) && uri.getRawAuthority() != null) {
            throw new UsageException("Storage '" + storage + "' names a host, " + uri.getRawAuthority()
                    + ": write file:///folder, with three slashes");
        }
        return withoutSlash(uri);
    }

    private static URI fromPath(String storage) {
        if (storage.isBlank()) {
            throw new UsageException("Storage is empty: write it like s3://bucket/folder or /folder");
        }
        try {
            return withoutSlash(Path.of(storage).toAbsolutePath().normalize().toUri());
        } catch (InvalidPathException e) {
            throw new UsageException("Storage is neither a URI nor a path: " + e.getReason(), e);
        }
    }

    private static URI withoutSlash(URI uri) {
        String text = uri.toString();
        return text.endsWith("/") && text.length() > (uri.getScheme() + ":///").length()
                ? URI.create(text.substring(0, text.length() - 1))
                : uri;
    }

    /** The same place for somebody who waits less, or longer. */
    public StorageLocation withCallTimeout(Duration timeout) {
        return new StorageLocation(root, publishMode, timeout);
    }

    /** Opens the storage; nothing is read or written yet. */
    public BackupStorage open() {
        return FILE.equals(root.getScheme()) ? new LocalStorage(this) : new FlinkStorage(this);
    }

    /** How long a call may take that moves so many bytes. */
    Duration callTimeout(long sizeBytes) {
        return callTimeout.plusSeconds(sizeBytes / BYTES_PER_SECOND_AT_LEAST);
    }

    @Override
    public String toString() {
        return root.toString();
    }
}
