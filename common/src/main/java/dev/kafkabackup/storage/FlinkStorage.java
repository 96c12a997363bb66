// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Storage on any file system that Flink knows. Flink's configuration, which holds endpoints and credentials, must have
 * been given to {@link FileSystem#initialize} before the first call, as Flink itself and the command line do.
 */
final class FlinkStorage implements BackupStorage {

    /** Slowest transfer that is still waited for. */
    private static final long BYTES_PER_SECOND_AT_LEAST = 1024 * 1024;

    private static final String TEMPORARY_PREFIX = ".";
    private static final String TEMPORARY_MARK = ".tmp-";

    private final StorageLocation location;
    private final TimedCalls calls = new TimedCalls();

    FlinkStorage(StorageLocation location) {
        this.location = location;
    }

    @Override
    public String root() {
        return location.root().toString();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        Duration limit = location.callTimeout().plusSeconds(content.sizeBytes() / BYTES_PER_SECOND_AT_LEAST);
        calls.call("Publishing " + describe(path), limit, () -> {
            if (location.publishMode() == PublishMode.PUT) {
                put(at(path), content);
            } else if ("file".equals(location.root().getScheme())) {
                renameLocally(path, content);
            } else {
                rename(path, content);
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

    private void rename(String path, ObjectContent content) throws IOException {
        FileSystem fileSystem = fileSystem();
        Path target = at(path);
        Path temporary = new Path(target.getParent(), temporaryName(target.getName()));
        try (FSDataOutputStream out = fileSystem.create(temporary, FileSystem.WriteMode.NO_OVERWRITE)) {
            content.writeTo(out);
            out.sync();
        }
        if (!fileSystem.rename(temporary, target)) {
            // some file systems do not replace an existing file, which then is an earlier try of the same content
            if (fileSystem.exists(target) && fileSystem.getFileStatus(target).getLen() == content.sizeBytes()) {
                fileSystem.delete(temporary, false);
                return;
            }
            throw new IOException("Renaming " + temporary + " to " + target + " was refused by the file system");
        }
    }

    /** Flink's local file system neither syncs folders nor replaces a file in one step; the JDK does both. */
    private void renameLocally(String path, ObjectContent content) throws IOException {
        java.nio.file.Path target = java.nio.file.Path.of(at(path).toUri().getPath());
        java.nio.file.Path folder = requireNonNull(target.getParent(), "An object lies in a folder");
        Files.createDirectories(folder);
        java.nio.file.Path temporary =
                folder.resolve(temporaryName(target.getFileName().toString()));
        try {
            try (FileChannel file =
                    FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                OutputStream out = Channels.newOutputStream(file);
                content.writeTo(out);
                out.flush();
                file.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static String temporaryName(String name) {
        return TEMPORARY_PREFIX + name + TEMPORARY_MARK + UUID.randomUUID();
    }

    private static boolean isTemporary(String name) {
        return name.startsWith(TEMPORARY_PREFIX) && name.contains(TEMPORARY_MARK);
    }

    @Override
    public byte[] read(String path) throws IOException {
        return calls.call("Reading " + describe(path), location.callTimeout().multipliedBy(2), () -> {
            try (FSDataInputStream in = fileSystem().open(at(path))) {
                return in.readAllBytes();
            }
        });
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        List<StoredObject> objects = new ArrayList<>();
        for (FileStatus status : children(folder)) {
            String name = status.getPath().getName();
            if (!status.isDir() && !isTemporary(name)) {
                objects.add(new StoredObject(
                        folder + "/" + name, status.getLen(), Instant.ofEpochMilli(status.getModificationTime())));
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
            }
        });
    }

    private FileSystem fileSystem() throws IOException {
        return FileSystem.getUnguardedFileSystem(location.root());
    }

    private Path at(String path) {
        return new Path(location.root() + "/" + path);
    }

    private String describe(String path) {
        return path + " in " + location;
    }

    @Override
    public void close() {
        calls.close();
    }
}
