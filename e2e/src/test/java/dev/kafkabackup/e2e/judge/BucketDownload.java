// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Brings a backup from an object store to where a {@link Judge} can look at it. */
public final class BucketDownload {

    private BucketDownload() {}

    /**
     * Copies every object under the prefix into the folder, which takes the place of the prefix. Files of an earlier
     * download are replaced. An object that goes between listing and reading, as a running job's maintenance removes
     * some, is left out.
     *
     * @param prefix the backup's root within the bucket, ending with a slash, or empty
     */
    public static void download(S3Client client, String bucket, String prefix, Path folder) throws IOException {
        for (S3Object object : client.listObjectsV2Paginator(
                        request -> request.bucket(bucket).prefix(prefix))
                .contents()) {
            String name = object.key().substring(prefix.length());
            if (!name.isEmpty() && !name.endsWith("/")) {
                Path file = folder.resolve(name);
                Files.createDirectories(file.getParent());
                Files.deleteIfExists(file);
                try {
                    client.getObject(request -> request.bucket(bucket).key(object.key()), file);
                } catch (NoSuchKeyException e) {
                    // removed since it was listed
                }
            }
        }
    }
}
