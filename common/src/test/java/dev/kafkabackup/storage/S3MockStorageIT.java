// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Adobe's S3Mock, which has nothing in common with S3Proxy. It writes a list of all keys at every put, so a thousand of
 * them take long; fewer on smaller pages are listed in the same way.
 */
class S3MockStorageIT extends S3StorageContract {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on ports .* (\\d+) \\(http\\)");

    @Override
    int pageSize() {
        return 50;
    }

    @Override
    int objectsInALargeFolder() {
        return 160;
    }

    @Test
    @Tag("long")
    void overAThousandObjectsAreListedOnce() throws Exception {
        assertAllAreListedOnce(1_010);
    }

    @Override
    S3Process startServer(Path folder) throws IOException, InterruptedException {
        Path data = Files.createDirectories(folder.resolve("data"));
        return S3Process.start(
                System.getProperty("s3mock.jar"),
                folder.resolve("s3mock.log"),
                STARTED,
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--http.port=0",
                "--com.adobe.testing.s3mock.store.root=" + data);
    }
}
