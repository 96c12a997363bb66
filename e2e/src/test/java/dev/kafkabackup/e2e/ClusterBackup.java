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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
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
    private static final String TOPIC = "on-a-cluster";
    static final int PARTITIONS = 4;
    static final int RECORDS_PER_SECOND = 300;

    private final BrokerExtension broker;
    private final Path folder;
    private final ProducedLog produced = new ProducedLog();
    private final Uuid topicId;
    private final S3Proxy s3;
    private final StorageProxy proxy;
    private final StorageFaults faults;
    private final FlinkCluster cluster;
    private final Judge judge;
    private final StoredOffsets stored;
    private final SteadyLoad load;
    private final SteadyTransactions transactions;

    private ClusterBackup(
            BrokerExtension broker,
            Path folder,
            S3Proxy s3,
            StorageProxy proxy,
            StorageFaults faults,
            FlinkCluster cluster)
            throws IOException {
        this.broker = broker;
        this.folder = folder;
        this.s3 = s3;
        this.proxy = proxy;
        this.faults = faults;
        this.cluster = cluster;
        this.topicId = broker.createTopic(TOPIC, PARTITIONS);
        this.judge = Judge.withDuckDb(files(), broker.clusterId());
        this.stored = new StoredOffsets(judge, TOPIC, topicId);
        RandomRecords records = RandomRecords.seeded();
        this.load = SteadyLoad.start(broker.bootstrapServers(), produced, TOPIC, RECORDS_PER_SECOND, records);
        this.transactions = SteadyTransactions.start(
                broker.bootstrapServers(), produced, TOPIC, PARTITIONS, new RandomRecords(~records.seed()));
    }

    /** Starts S3, the cluster and the load; no job yet. */
    static ClusterBackup start(BrokerExtension broker, Path folder, int taskManagers) throws Exception {
        S3Proxy s3 = S3Proxy.start(Files.createDirectories(folder.resolve("s3")));
        try (S3Client client = s3.client()) {
            client.createBucket(request -> request.bucket(BUCKET));
        }
        StorageFaults faults = new StorageFaults();
        StorageProxy proxy = StorageProxy.start(s3.endpoint(), faults);
        FlinkCluster cluster = FlinkCluster.start(folder.resolve("flink"), proxy.endpoint(), taskManagers);
        return new ClusterBackup(broker, folder, s3, proxy, faults, cluster);
    }

    FlinkCluster cluster() {
        return cluster;
    }

    /** What is wrong with the storage. */
    StorageFaults storage() {
        return faults;
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
        return TOPIC;
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
                "--include",
                TOPIC,
                "--checkpoint-interval",
                "1s",
                "--segment-age",
                "1s");
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

    /** After {@link #endLoad}: lets the job finish its work, and stops it. */
    void finish(String job) throws Exception {
        await("every record to be covered").atMost(PATIENCE).until(() -> stored.hold(produced));
        cluster.rest().awaitRunning(job);
        cluster.rest().stop(job);
    }

    /** After {@link #finish}: every record is there, as it was produced. */
    void assertWhole() throws Exception {
        judge.assertComplete(produced, TOPIC, topicId);
        judge.assertContiguous(TOPIC, topicId);
        assertThat(stored.coveredUpTo())
                .as("covered up to the last stable offsets, markers and aborted records included")
                .isEqualTo(stored.lastStable(broker.admin(), PARTITIONS));
    }

    @Override
    public void close() throws IOException {
        try (s3;
                proxy;
                cluster;
                judge;
                load;
                transactions) {
            // all of them, whatever fails
        }
    }
}
