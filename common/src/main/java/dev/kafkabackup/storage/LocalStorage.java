// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static java.util.Objects.requireNonNull;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Storage in a folder of this host. It does without Flink's local file system, which neither syncs folders nor replaces
 * a file in one step, takes missing rights for a missing file, and sees no folder at all while a file in it is renamed.
 */
final class LocalStorage implements BackupStorage {

    private final StorageLocation location;
    private final Path root;
    private final TimedCalls calls = new TimedCalls();

    LocalStorage(StorageLocation location) {
        this.location = location;
        this.root = Path.of(location.root().getPath());
    }

    @Override
    public String root() {
        return location.toString();
    }

    @Override
    public void publish(String path, ObjectContent content) throws IOException {
        call("Publishing", path, location.callTimeout(content.sizeBytes()), () -> {
            Path target = root.resolve(path);
            Path folder = requireNonNull(target.getParent(), "An object lies in a folder");
            createFolder(folder);
            Path temporary =
                    folder.resolve(TemporaryName.of(target.getFileName().toString()));
            try {
                try (FileChannel file =
                        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    OutputStream out = Channels.newOutputStream(file);
                    content.writeTo(out);
                    out.flush();
                    file.force(true);
                }
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary); // after the move there is none
            }
            sync(folder);
            return true;
        });
    }

    /** Like {@link Files#createDirectories}, but what it creates survives a power failure. */
    private static void createFolder(@Nullable Path folder) throws IOException {
        if (folder == null || Files.isDirectory(folder)) {
            return;
        }
        createFolder(folder.getParent());
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        if (folder.getParent() != null) {
            sync(folder.getParent());
        }
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    @Override
    public byte[] read(String path) throws IOException {
        return call("Reading", path, location.callTimeout().multipliedBy(2), () -> {
            try {
                return Files.readAllBytes(root.resolve(path));
            } catch (NoSuchFileException e) {
                throw new FileNotFoundException("There is no " + path + " in " + location);
            }
        });
    }

    @Override
    public byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        return call("Reading", path, location.callTimeout().multipliedBy(2), () -> {
            try (FileChannel file = FileChannel.open(root.resolve(path), StandardOpenOption.READ)) {
                file.position(Math.max(0, file.size() - tailBytes));
                return Channels.newInputStream(file).readAllBytes();
            } catch (NoSuchFileException e) {
                throw new FileNotFoundException("There is no " + path + " in " + location);
            }
        });
    }

    @Override
    public List<StoredObject> list(String folder) throws IOException {
        return children(
                folder,
                child -> child.isFolder() || TemporaryName.is(child.name())
                        ? Optional.empty()
                        : Optional.of(child.in(folder)));
    }

    @Override
    public boolean showsUnfinished() {
        return true;
    }

    @Override
    public List<StoredObject> unfinished(String folder) throws IOException {
        return children(
                folder,
                child -> child.isFolder() || !TemporaryName.is(child.name())
                        ? Optional.empty()
                        : Optional.of(child.in(folder)));
    }

    @Override
    public List<String> folders(String folder) throws IOException {
        return children(folder, child -> child.isFolder() ? Optional.of(child.name()) : Optional.empty());
    }

    /** What is wanted of each child; the rest is not kept, because a folder may have very many. */
    private <T> List<T> children(String folder, Function<Child, Optional<T>> wanted) throws IOException {
        return call("Listing", folder, location.callTimeout(), () -> {
            List<T> children = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(root.resolve(folder))) {
                for (Path file : files) {
                    Child.of(file).flatMap(wanted).ifPresent(children::add);
                }
            } catch (NoSuchFileException e) {
                return List.of();
            }
            return children;
        });
    }

    private record Child(String name, boolean isFolder, long sizeBytes, Instant modifiedAt) {

        StoredObject in(String folder) {
            return new StoredObject(folder, name, sizeBytes, modifiedAt);
        }

        /** Empty if it is gone by now: renamed, or deleted. */
        static Optional<Child> of(Path file) throws IOException {
            try {
                BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Child(
                        file.getFileName().toString(),
                        attributes.isDirectory(),
                        attributes.size(),
                        Instant.ofEpochMilli(attributes.lastModifiedTime().toMillis())));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void delete(String path) throws IOException {
        call("Deleting", path, location.callTimeout(), () -> Files.deleteIfExists(root.resolve(path)));
    }

    private <T> T call(String what, String path, Duration limit, Callable<T> call) throws IOException {
        try {
            return calls.call(what + " " + path + " in " + location, limit, call);
        } catch (AccessDeniedException e) {
            throw new IOException(what + " " + path + " in " + location + " is not allowed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
