// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/** Local files that behave as those of other systems do. Flink finds them by their schemes. */
final class TestFileSystems {

    /** Like S3: an object appears when its stream is closed, with whatever was written until then. */
    static final String OBJECT_STORE = "test-object-store";

    /** Like HDFS: a file is visible while it is written, and a rename replaces nothing. */
    static final String NEVER_REPLACING = "test-never-replacing";

    private TestFileSystems() {}

    public static final class ObjectStoreFactory implements FileSystemFactory {

        @Override
        public String getScheme() {
            return OBJECT_STORE;
        }

        @Override
        public FileSystem create(URI uri) {
            return new ObjectStore();
        }
    }

    public static final class NeverReplacingFactory implements FileSystemFactory {

        @Override
        public String getScheme() {
            return NEVER_REPLACING;
        }

        @Override
        public FileSystem create(URI uri) {
            return new NeverReplacing();
        }
    }

    private static final class ObjectStore extends LocalFileSystem {

        @Override
        public FSDataOutputStream create(Path path, WriteMode mode) {
            return new PutAtClose(pathToFile(path));
        }

        @Override
        public boolean rename(Path source, Path target) {
            throw new UnsupportedOperationException("An object store copies and deletes: nothing may rename here");
        }
    }

    private static final class PutAtClose extends FSDataOutputStream {

        private final File target;
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

        PutAtClose(File target) {
            this.target = target;
        }

        @Override
        public void write(int value) {
            buffer.write(value);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            buffer.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            Files.createDirectories(target.getParentFile().toPath());
            java.nio.file.Path complete = Files.createTempFile("put", null);
            Files.write(complete, buffer.toByteArray());
            Files.move(complete, target.toPath(), StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public long getPos() {
            return buffer.size();
        }

        @Override
        public void flush() {}

        @Override
        public void sync() {}
    }

    private static final class NeverReplacing extends LocalFileSystem {

        @Override
        public boolean rename(Path source, Path target) throws IOException {
            return !exists(target) && super.rename(source, target);
        }

        /** In one step, as HDFS does it; Flink's own looks at each file and fails if one was renamed meanwhile. */
        @Override
        public FileStatus[] listStatus(Path folder) throws IOException {
            while (true) {
                try {
                    return super.listStatus(folder);
                } catch (FileNotFoundException e) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
