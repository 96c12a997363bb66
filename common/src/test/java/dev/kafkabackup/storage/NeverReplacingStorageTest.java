// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Publishing by a rename that is refused if the name is taken, as on HDFS. */
class NeverReplacingStorageTest extends BackupStorageContract {

    @TempDir
    private Path folder;

    @Override
    StorageLocation location(Duration callTimeout) {
        return new StorageLocation(
                URI.create(
                        TestFileSystems.NEVER_REPLACING + "://" + folder.toUri().getRawPath() + "my%20backup"),
                PublishMode.RENAME,
                callTimeout);
    }

    @Override
    List<String> filesIncludingUnfinishedOnes() throws IOException {
        return LocalFiles.below(folder.resolve("my backup"));
    }

    @Override
    void publishUnlessRefused(String path, byte[] content) {
        try {
            super.publishUnlessRefused(path, content);
        } catch (IOException e) {
            assertThat(e).isNotNull(); // another writer was quicker
        }
    }
}
