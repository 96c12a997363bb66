// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Storage on any file system that Flink knows, but for the local one. Flink's configuration, which holds endpoints and
 * credentials, must have been given to {@link FileSystem#initialize} before the first call, as Flink itself and the
 * command line do.
 */
final class FlinkStorage implements BackupStorage {

    private final StorageLocation location;
    private final TimedCalls calls = new TimedCalls();

    FlinkStorage(StorageLocation location) {
        this.location = location;
    }

    @Override
    public String root() {
        return location.toString();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        calls.call("Publishing " + describe(path), location.callTimeout(content.sizeBytes()), () -> {
            if (location.publishMode() == PublishMode.PUT) {
                put(at(path), content);
            } else {
                rename(at(path), content);
            }
            return true;
        });
    }

    /**
     * Object stores show an object when its stream is closed. After an error the stream is dropped and never closed:
     * closing would publish what it has taken so far.
     */
    @SuppressWarnings("MustBeClosedChecker")
    private void put(Path target, ObjectContent content) throws IOException {
        FSDataOutputStream out = fileSystem().create(target, FileSystem.WriteMode.OVERWRITE);
        content.writeTo(out);
        out.close();
    }

    private void rename(Path target, ObjectContent content) throws IOException {
        FileSystem fileSystem = fileSystem();
        Path temporary = new Path(target.getParent(), TemporaryName.of(target.getName()));
        try {
            try (FSDataOutputStream out = fileSystem.create(temporary, FileSystem.WriteMode.NO_OVERWRITE)) {
                content.writeTo(out);
                out.sync();
            }
            if (!fileSystem.rename(temporary, target)) {
                replace(fileSystem, temporary, target);
            }
        } catch (IOException | RuntimeException e) {
            discard(fileSystem, temporary, e);
            throw e;
        }
    }

    /**
     * Some file systems do not rename to a name that exists. If an earlier try left the same bytes there, they stay;
     * anything else makes room, and is away until the second rename.
     */
    private static void replace(FileSystem fileSystem, Path temporary, Path target) throws IOException {
        if (fileSystem.exists(target) && Arrays.equals(bytes(fileSystem, target), bytes(fileSystem, temporary))) {
            fileSystem.delete(temporary, false);
            return;
        }
        fileSystem.delete(target, false);
        if (!fileSystem.rename(temporary, target)) {
            throw new IOException("Renaming " + temporary + " to " + target + " was refused by the file system");
        }
    }

    private static void discard(FileSystem fileSystem, Path temporary, Exception why) {
        try {
            fileSystem.delete(temporary, false);
        } catch (IOException e) {
            why.addSuppressed(e); // it stays behind; no listing shows it
        }
    }

    @Override
    public byte[] read(String path) throws IOException {
        return calls.call(
                "Reading " + describe(path),
                location.callTimeout().multipliedBy(2),
                () -> bytes(fileSystem(), at(path)));
    }

    private static byte[] bytes(FileSystem fileSystem, Path file) throws IOException {
        try (FSDataInputStream in = fileSystem.open(file)) {
            return in.readAllBytes();
        }
    }

    @Override
    public byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        return calls.call("Reading " + describe(path), location.callTimeout().multipliedBy(2), () -> {
            try (FSDataInputStream in = fileSystem().open(at(path))) {
                in.seek(Math.max(0, sizeBytes - tailBytes));
                return in.readAllBytes();
            }
        });
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        return files(folder, name -> !TemporaryName.is(name));
    }

    @Override
    public boolean showsUnfinished() {
        return location.publishMode() == PublishMode.RENAME;
    }

    @Override
    public List<StoredObject> unfinished(String folder) throws IOException {
        return files(folder, TemporaryName::is);
    }

    private List<StoredObject> files(String folder, Predicate<String> wanted) throws IOException {
        List<StoredObject> objects = new ArrayList<>();
        for (FileStatus status : children(folder)) {
            String name = status.getPath().getName();
            if (!status.isDir() && wanted.test(name)) {
                objects.add(new StoredObject(
                        folder, name, status.getLen(), Instant.ofEpochMilli(status.getModificationTime())));
            }
        }
        return objects;
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        for (FileStatus status : children(folder)) {
            if (status.isDir()) {
                names.add(status.getPath().getName());
            }
        }
        return names;
    }

    private FileStatus[] children(String folder) throws IOException {
        return calls.call("Listing " + describe(folder), location.callTimeout(), () -> {
            try {
                FileStatus @Nullable [] children = fileSystem().listStatus(at(folder));
                return children == null ? new FileStatus[0] : children;
            } catch (FileNotFoundException e) {
                if (fileSystem().exists(at(folder))) {
                    // a file in it may have gone meanwhile: that says nothing about the others
                    throw new IOException("Listing " + describe(folder) + " failed: " + e.getMessage(), e);
                }
                return new FileStatus[0];
            }
        });
    }

    @Override
    public void delete(String path) throws IOException {
        calls.call("Deleting " + describe(path), location.callTimeout(), () -> {
            try {
                return fileSystem().delete(at(path), false);
            } catch (FileNotFoundException e) {
                return false;
            } catch (AccessDeniedException e) {
                AccessDeniedException explained = new AccessDeniedException(
                        e.getFile(), null, "the right to delete is missing (on S3: s3:DeleteObject)");
                explained.initCause(e);
                throw explained;
            }
        });
    }

    private FileSystem fileSystem() throws IOException {
        return FileSystem.getUnguardedFileSystem(location.root());
    }

    private Path at(String path) {
        URI root = location.root();
        return new Path(root.getScheme(), root.getAuthority(), root.getPath() + "/" + path);
    }

    private String describe(String path) {
        return path + " in " + location;
    }

    @Override
    public void close() {
        calls.close();
    }
}
