// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.proxy.StorageFaults;
import dev.kafkabackup.e2e.proxy.StorageProxy;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A topic under a load that never pauses, transactions and aborted ones among it, and its backup by a Flink cluster.
 */
final class ClusterBackup implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** The one in flink-conf. */
    private static final String BUCKET = "kafka-backup";

    private static final String ROOT = "root";

    /** Nobody asks for the storage before a job runs. */
    private static final URI NOT_YET = URI.create("http://127.0.0.1:1");

    /** For Kafka clients; nobody but them may see it. */
    static final String KAFKA_SECRET = "kafka-secret-that-nobody-may-see";

    static final int PARTITIONS = 4;
    static final int RECORDS_PER_SECOND = 300;

    private final BrokerExtension broker;
    private final Path folder;
    private final String topic;
    private final ProducedLog produced = new ProducedLog();
    private final Uuid topicId;
    private S3Proxy s3;
    private final StorageProxy proxy;
    private final StorageFaults faults;
    private final FlinkCluster cluster;
    private final Judge judge;
    private final StoredOffsets stored;
    private final RandomRecords records =
            RandomRecords.seeded().since(Instant.now().minus(Duration.ofHours(2)));
    private final RandomRecords recordsOfTransactions = new RandomRecords(~records.seed());
    private SteadyLoad load;
    private SteadyTransactions transactions;

    private ClusterBackup(
            BrokerExtension broker,
            Path folder,
            String topic,
            S3Proxy s3,
            StorageProxy proxy,
            StorageFaults faults,
            FlinkCluster cluster)
            throws IOException {
        this.broker = broker;
        this.folder = folder;
        this.topic = topic;
        this.s3 = s3;
        this.proxy = proxy;
        this.faults = faults;
        this.cluster = cluster;
        this.topicId = broker.createTopic(topic, PARTITIONS);
        this.judge = Judge.withDuckDb(files(), broker.clusterId());
        this.stored = new StoredOffsets(judge, topic, topicId);
        this.load = startLoad();
        this.transactions = startTransactions();
    }

    private SteadyLoad startLoad() {
        return SteadyLoad.start(broker.bootstrapServers(), produced, topic, RECORDS_PER_SECOND, records);
    }

    private SteadyTransactions startTransactions() {
        return SteadyTransactions.start(broker.bootstrapServers(), produced, topic, PARTITIONS, recordsOfTransactions);
    }

    /**
     * Starts S3, the cluster and the load; no job yet.
     *
     * @param topic is created
     */
    static ClusterBackup start(BrokerExtension broker, Path folder, String topic, int taskManagers) throws Exception {
        CompletableFuture<S3Proxy> storage = SideBySide.begin(() -> emptyStorage(folder));
        StorageFaults faults = new StorageFaults();
        StorageProxy proxy = StorageProxy.start(NOT_YET, faults);
        FlinkCluster cluster = FlinkCluster.start(folder.resolve("flink"), proxy.endpoint(), taskManagers);
        S3Proxy s3 = storage.join();
        proxy.redirect(s3.endpoint());
        return new ClusterBackup(broker, folder, topic, s3, proxy, faults, cluster);
    }

    private static S3Proxy emptyStorage(Path folder) throws IOException {
        S3Proxy s3 = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
        try (S3Client client = s3.client()) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
        return s3;
    }

    FlinkCluster cluster() {
        return cluster;
    }

    /** What is wrong with the storage. */
    StorageFaults storage() {
        return faults;
    }

    /** Kills the S3 server with SIGKILL. */
    void stopStorage() {
        s3.close();
    }

    /** Starts the S3 server again, with what it has stored. */
    void startStorage() throws IOException {
        s3.removeUnfinished();
        s3 = S3Proxy.start(folder.resolve("s3"));
        proxy.redirect(s3.endpoint());
    }

    /** Waits until so many more records were produced. */
    void awaitLoad(int records) {
        long sent = load.sentCount() + records;
        await(records + " more records").atMost(Duration.ofMinutes(5)).until(() -> load.sentCount() >= sent);
    }

    ProducedLog produced() {
        return produced;
    }

    String topic() {
        return topic;
    }

    Uuid topicId() {
        return topicId;
    }

    /** What {@code --storage} takes. */
    String root() {
        return "s3://" + BUCKET + "/" + ROOT;
    }

    /** The backup as files. */
    Path files() {
        return s3.files(BUCKET).resolve(ROOT);
    }

    /** Options of the backup job. */
    List<String> arguments() {
        return List.of(
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--storage",
                root(),
                "--command-config",
                clientSettings().toString(),
                "--include",
                topic,
                "--checkpoint-interval",
                "1s",
                "--segment-age",
                "1s");
    }

    /** Client settings with a secret that this broker does not ask for. */
    private Path clientSettings() {
        try {
            return Files.writeString(folder.resolve("client.properties"), "ssl.key.password=" + KAFKA_SECRET);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Words and then the options of the backup job. */
    String[] with(List<String> words) {
        return Stream.concat(words.stream(), arguments().stream()).toArray(String[]::new);
    }

    /** Starts {@code ./kafka-backup}. */
    KafkaBackupProcess command(String command, String... options) {
        List<String> all = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--storage",
                root(),
                "--flink-conf",
                cluster.conf().toString()));
        all.addAll(List.of(options));
        return KafkaBackupProcess.start(
                folder,
                Map.of("AWS_ACCESS_KEY_ID", S3Proxy.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY", S3Proxy.SECRET_KEY),
                all);
    }

    /** Waits until every partition is covered beyond what it is now. */
    void awaitProgress() {
        NavigableMap<Integer, Long> before = stored.coveredUpTo();
        await("every partition to be covered further than " + before)
                .atMost(PATIENCE)
                .until(() -> {
                    NavigableMap<Integer, Long> now = stored.coveredUpTo();
                    return now.size() == PARTITIONS
                            && now.entrySet().stream()
                                    .allMatch(entry -> entry.getValue() > before.getOrDefault(entry.getKey(), 0L));
                });
    }

    /** The newest whole checkpoint that a job has left. */
    String lastCheckpoint(String job) throws IOException {
        String folder = "flink/checkpoints/" + job;
        try (Stream<Path> children = Files.list(s3.files(BUCKET).resolve(folder))) {
            Path newest = children.filter(child -> Files.exists(child.resolve("_metadata")))
                    .max(Comparator.comparingInt(child ->
                            Integer.parseInt(child.getFileName().toString().replace("chk-", ""))))
                    .orElseThrow();
            return "s3://" + BUCKET + "/" + folder + "/" + newest.getFileName();
        }
    }

    /** Ends the load; what was produced last is not in the backup yet. */
    void endLoad() {
        assertThat(stored.hold(produced)).as("all is stored already").isFalse();
        load.stop();
        transactions.stop();
    }

    /** Judges what was backed up until now, while the job runs, and then lets the load go on. */
    void judgeBetween() {
        endLoad();
        awaitStored();
        judge.assertComplete(produced, topic, topicId);
        judge.assertContiguous(topic, topicId);
        load = startLoad();
        transactions = startTransactions();
    }

    private void awaitStored() {
        await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
    }

    /** After {@link #endLoad}: lets the job finish its work, and stops it. */
    void finish(String job) throws Exception {
        awaitStored();
        cluster.rest().awaitRunning(job);
        cluster.rest().stop(job);
    }

    /** After {@link #finish}: every record is there, as it was produced. */
    void assertWhole() throws Exception {
        judge.assertComplete(produced, topic, topicId);
        judge.assertContiguous(topic, topicId);
        assertThat(stored.coveredUpTo())
                .as("covered up to the last stable offsets, markers and aborted records included")
                .isEqualTo(stored.lastStable(broker.admin(), PARTITIONS));
    }

    @Override
    public void close() throws IOException {
        try (S3Proxy lastStorage = s3;
                proxy;
                cluster;
                judge;
                SteadyLoad lastLoad = load;
                SteadyTransactions lastTransactions = transactions) {
            // all of them, whatever fails
        }
    }
}
