// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Publishing by one put: where the closing of a stream makes an object visible, whatever is in it. */
class ObjectStoreStorageTest extends BackupStorageContract {

    @TempDir
    private Path folder;

    @Override
    StorageLocation location(Duration callTimeout) {
        return new StorageLocation(
                URI.create(TestFileSystems.OBJECT_STORE + "://" + folder.toUri().getRawPath() + "my%20backup"),
                PublishMode.PUT,
                callTimeout);
    }

    @Override
    List<String> filesIncludingUnfinishedOnes() throws IOException {
        return LocalFiles.below(folder.resolve("my backup"));
    }
}
