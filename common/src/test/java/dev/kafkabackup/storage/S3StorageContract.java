// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.DefaultPluginManager;
import org.apache.flink.core.plugin.DirectoryBasedPluginFinder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** The contract on an S3 server in a process of its own, through Flink's S3 plugin, loaded as Flink loads it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3StorageContract extends BackupStorageContract {

    static final String BUCKET = "contract";
    static final String ACCESS_KEY = "contract-access-key";
    static final String SECRET_KEY = "contract-secret-key";

    private S3Process server;
    private S3Client client;
    private String place = UUID.randomUUID().toString();

    /** Starts the server with nothing in it. */
    abstract S3Process startServer(Path folder) throws IOException, InterruptedException;

    /** How many objects the server is asked for at once; it names no more than 1,000. */
    int pageSize() {
        return 5_000;
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        server = startServer(folder);
        client = S3Client.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
        client.createBucket(request -> request.bucket(BUCKET));
        Configuration configuration = new Configuration();
        configuration.setString("s3.endpoint", server.endpoint().toString());
        configuration.setString("s3.path.style.access", "true");
        configuration.setString("s3.access-key", ACCESS_KEY);
        configuration.setString("s3.secret-key", SECRET_KEY);
        configuration.setString("s3.attempts.maximum", "2");
        configuration.setString("s3.retry.limit", "2");
        configuration.setString("s3.directory.marker.retention", "keep");
        configuration.setString("s3.paging.maximum", Integer.toString(pageSize()));
        FileSystem.initialize(
                configuration,
                new DefaultPluginManager(
                        new DirectoryBasedPluginFinder(Path.of(System.getProperty("plugins.dir"))).findPlugins(),
                        CoreOptions.getPluginParentFirstLoaderPatterns(configuration)));
    }

    @AfterEach
    void moveOn() {
        place = UUID.randomUUID().toString();
    }

    @AfterAll
    void stop() {
        // other tests of this process have no S3
        FileSystem.initialize(new Configuration(), null);
        client.close();
        server.close();
    }

    @Override
    StorageLocation location(Duration callTimeout) {
        return new StorageLocation(
                URI.create("s3://" + BUCKET + "/" + place + "/my%20backup"), PublishMode.PUT, callTimeout);
    }

    @Override
    void fill(String path) {
        client.putObject(
                request -> request.bucket(BUCKET).key(place + "/my backup/" + path), RequestBody.fromString("x"));
    }

    @Override
    int objectsPublishedWhileOthersList() {
        return 30;
    }

    @Override
    Duration shortTimeout() {
        return Duration.ofSeconds(2);
    }

    /** As another client sees them; parts of objects that were never put together among them. */
    @Override
    List<String> filesIncludingUnfinishedOnes() {
        String prefix = place + "/my backup/";
        List<String> keys = new ArrayList<>();
        client.listObjectsV2Paginator(request -> request.bucket(BUCKET).prefix(prefix))
                .contents()
                .forEach(object -> keys.add(object.key()));
        client.listMultipartUploads(request -> request.bucket(BUCKET))
                .uploads()
                .forEach(upload -> keys.add(upload.key()));
        assertThat(keys).allMatch(key -> key.startsWith(prefix));
        return keys.stream().map(key -> key.substring(prefix.length())).sorted().toList();
    }
}
