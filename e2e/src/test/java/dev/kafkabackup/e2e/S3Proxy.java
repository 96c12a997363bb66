// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import dev.kafkabackup.testing.S3Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An {@link S3Server} with clients for it, which can be frozen. */
record S3Proxy(S3Server server) implements AutoCloseable {

    static final String ACCESS_KEY = S3Server.ACCESS_KEY;
    static final String SECRET_KEY = S3Server.SECRET_KEY;

    /** Starts a server that keeps everything in the folder; returns when it serves requests. */
    static S3Proxy start(Path folder) throws IOException {
        return new S3Proxy(S3Server.start(folder));
    }

    /** Where clients find it. */
    URI endpoint() {
        return server.endpoint();
    }

    /** Removes what it was just writing when it was killed: this server would show it, as no object store does. */
    void removeUnfinished() throws IOException {
        server.removeUnfinished();
    }

    /** Where the objects of a bucket are files under their keys. */
    Path files(String bucket) {
        return server.files(bucket);
    }

    /** A client with the right keys; the caller closes it. */
    S3Client client() {
        return S3Client.builder()
                .endpointOverride(endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    /** Answers nobody any more, and keeps all connections. */
    void freeze() throws InterruptedException {
        Signals.send(server.process(), "STOP");
    }

    @Override
    public void close() {
        server.close();
    }
}
