// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.demo;

import dev.kafkabackup.backup.BackupConfig;
import dev.kafkabackup.backup.BackupJob;
import dev.kafkabackup.backup.BackupOptions;
import dev.kafkabackup.broker.EmbeddedBroker;
import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.Segment;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.RestoreConfig;
import dev.kafkabackup.restore.group.CommittedOffsets;
import dev.kafkabackup.restore.group.GroupCommit;
import dev.kafkabackup.restore.group.GroupTranslation;
import dev.kafkabackup.restore.group.TranslatedOffset;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The story of the demo, told line by line while it happens. What is proven at the end is compared with what the demo's
 * own producer was acknowledged, read back by a plain consumer.
 */
public final class Demo {

    private static final Logger LOG = LoggerFactory.getLogger(Demo.class);

    private static final String TOPIC = "orders";
    private static final String GROUP = "billing";
    private static final int GROUP_READS = 40_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int PARALLELISM = 2;

    private final Path folder;
    private final int port;
    private final Story story;
    private final StorageLocation location;

    /**
     * Prepares the demo; nothing is started yet.
     *
     * @param folder an empty folder for the broker's data and the backup
     * @param port of the broker, or 0 for any
     * @param lines takes the story
     */
    public Demo(Path folder, int port, Consumer<String> lines) {
        this.folder = folder;
        this.port = port;
        this.story = new Story(lines);
        this.location = StorageLocation.parse(folder.resolve("backup").toString());
    }

    /** Tells the story; true if everything is proven. */
    public boolean run() {
        try (EmbeddedBroker broker =
                        EmbeddedBroker.in(folder.resolve("broker")).port(port).start();
                DemoCluster cluster = new DemoCluster(broker.bootstrapServers(), TOPIC);
                EmbeddedFlink flink = EmbeddedFlink.start(new Configuration(), PARALLELISM, 0);
                BackupStorage storage = location.open()) {
            story.step("A Kafka broker runs on %s, Flink on %s", broker.bootstrapServers(), flink.webUiAddress());
            boolean passed = run(cluster, flink, storage);
            story.end(passed ? "DEMO PASSED" : "DEMO FAILED: what came back differs from what was produced, see above");
            return passed;
        } catch (IOException | RuntimeException e) {
            LOG.error("The demo failed", e);
            story.end("DEMO FAILED: " + e.getMessage());
            return false;
        }
    }

    private boolean run(DemoCluster cluster, EmbeddedFlink flink, BackupStorage storage) throws IOException {
        TopicIncarnation lost = new TopicIncarnation(TOPIC, cluster.createTopic(DemoProducer.PARTITIONS));
        DemoProducer producer = new DemoProducer(cluster.bootstrapServers(), TOPIC);
        producer.produceAll();
        story.step(
                "Topic '%s' has %d partitions and %,d committed records",
                TOPIC, DemoProducer.PARTITIONS, producer.committedRecords());
        story.detail("among them null keys, tombstones, empty values, equal header keys, one value of 900 KiB,");
        story.detail("timestamps out of order, and an aborted transaction that must not come back");

        Map<Integer, Long> consumed = cluster.consumeAndCommit(GROUP, GROUP_READS);
        story.step("Consumer group '%s' reads a part of them and commits its next offsets: %s", GROUP, consumed);

        EmbeddedFlink.Job backup = backUp(cluster, flink, storage, lost, consumed);

        cluster.deleteTopic();
        story.step("Somebody deletes the topic");
        story.await(
                "Kafka to forget the topic",
                PATIENCE,
                () -> cluster.topics().isEmpty()
                        && cluster.committedOffsets(GROUP).isEmpty());
        story.detail(
                "topics in Kafka: %s; committed offsets of '%s' in Kafka: %s",
                cluster.topics(), GROUP, cluster.committedOffsets(GROUP));
        story.await("the backup to prove the deletion", PATIENCE, () -> isMarkedDeleted(storage, lost));
        story.detail("the running backup has noticed, and keeps everything");
        if (!backup.stop(PATIENCE)) {
            throw new FailedException("The backup job could not be stopped");
        }

        OffsetMap map = restore(cluster, flink, storage);
        boolean continued = continueGroup(cluster, producer, lost, map, consumed);
        return verdict(cluster, producer, lost, map) && continued;
    }

    private EmbeddedFlink.Job backUp(
            DemoCluster cluster,
            EmbeddedFlink flink,
            BackupStorage storage,
            TopicIncarnation topic,
            Map<Integer, Long> consumed)
            throws IOException {
        story.step("The backup runs beside it, a Flink job that reads like any consumer");
        story.command(
                "backup --bootstrap-server %s --storage %s --include %s", cluster.bootstrapServers(), location, TOPIC);
        Configuration options = new Configuration()
                .set(BackupOptions.INCLUDE, TOPIC)
                .set(BackupOptions.PARALLELISM, PARALLELISM)
                .set(BackupOptions.CHECKPOINT_INTERVAL, SOON)
                .set(BackupOptions.DISCOVERY_INTERVAL, SOON)
                .set(BackupOptions.GROUPS_INTERVAL, SOON);
        BackupConfig config = BackupConfig.from(options, kafka(cluster), location);
        BackupRoot root = BackupJob.open(config);
        StreamExecutionEnvironment environment = flink.environment();
        BackupJob.build(environment, config, root);
        EmbeddedFlink.Job job = flink.submit(environment, "Kafka backup");

        Map<Integer, Long> ends = cluster.lastStableOffsets();
        story.await("the backup to hold everything", PATIENCE, () -> {
            if (job.isDone()) {
                job.awaitEnd();
            }
            return holdsAll(storage, topic, ends) && holdsGroup(storage, topic, consumed);
        });
        long bytes = 0;
        long segments = 0;
        long records = 0;
        for (int partition : ends.keySet()) {
            for (Segment segment :
                    new Catalog(storage).segments(topic.partition(partition)).segments()) {
                segments++;
                records += segment.name().records();
                bytes += segment.name().sizeBytes();
            }
        }
        story.detail(
                "%,d records are safe in %d segments, %,d bytes; so are the group's offsets", records, segments, bytes);
        return job;
    }

    private static boolean holdsAll(BackupStorage storage, TopicIncarnation topic, Map<Integer, Long> ends)
            throws IOException {
        for (Map.Entry<Integer, Long> end : ends.entrySet()) {
            Coverage coverage =
                    new Catalog(storage).segments(topic.partition(end.getKey())).coverage();
            // a transaction's marker at the very end is no record: nothing has to be published for it
            if (coverage.firstUncovered(0) < end.getValue() - 1) {
                return false;
            }
        }
        return true;
    }

    private static boolean holdsGroup(BackupStorage storage, TopicIncarnation topic, Map<Integer, Long> consumed)
            throws IOException {
        Map<Integer, Long> recorded = new TreeMap<>();
        for (GroupOffset offset : new GroupHistory(storage).asOf(Instant.now()).all()) {
            if (offset.group().equals(GROUP) && offset.topicId().equals(topic.id())) {
                recorded.put(offset.partition(), offset.offset());
            }
        }
        return recorded.equals(consumed);
    }

    private static boolean isMarkedDeleted(BackupStorage storage, TopicIncarnation topic) throws IOException {
        return new TopicMetadataStore(storage)
                .latest(topic)
                .filter(metadata -> metadata.state() == TopicState.DELETED)
                .isPresent();
    }

    private OffsetMap restore(DemoCluster cluster, EmbeddedFlink flink, BackupStorage storage) throws IOException {
        String id = RestoreConfig.newRestoreId(Instant.now());
        story.step("The topic is restored");
        story.command(
                "restore --bootstrap-server %s --storage %s --topic %s", cluster.bootstrapServers(), location, TOPIC);
        RestoreConfig config = new RestoreConfig(location, kafka(cluster), id, PARALLELISM, SOON);
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = restore.prepare(restore.plan(List.of(RestoreSelection.of(TOPIC, TOPIC))));
            Instant startedAt = Instant.now();
            StreamExecutionEnvironment environment = flink.environment();
            restore.build(environment, plan);
            flink.submit(environment, "Kafka restore " + id).awaitEnd();
            RestoreReport report = restore.finish(plan, startedAt);
            OffsetMap map = new OffsetMapStore(storage, BackupLayout.restore(id)).read();
            story.detail(
                    "%,d records are back, exactly once; the offset map knows where each of them went",
                    report.records());
            translateGroup(cluster, storage, plan, map);
            return map;
        }
    }

    private void translateGroup(DemoCluster cluster, BackupStorage storage, RestorePlan plan, OffsetMap map)
            throws IOException {
        story.step("The group's last committed offsets are translated through the offset map and committed");
        story.command(
                "groups translate --storage %s --restore-id %s --bootstrap-server %s --apply",
                location, plan.restoreId(), cluster.bootstrapServers());
        List<TranslatedOffset> translated =
                new GroupTranslation(plan, map).translate(new CommittedOffsets(storage).of(plan, null));
        for (TranslatedOffset offset : translated) {
            GroupOffset committed = offset.committed().offset();
            story.detail(
                    "%s-%d: %d, as of the %s -> %s, %,d records to go",
                    TOPIC,
                    committed.partition(),
                    committed.offset(),
                    offset.committed().basis().name().toLowerCase(Locale.ROOT),
                    offset.target()
                            .map(target -> Long.toString(target.offset()))
                            .orElse("not restored"),
                    offset.recordsToGo());
        }
        new GroupCommit(kafka(cluster), cluster.admin(), plan)
                .commit(translated)
                .forEach((group, refusal) -> {
                    throw new FailedException("The offsets of " + group + " were refused: " + refusal.reason());
                });
    }

    private boolean continueGroup(
            DemoCluster cluster,
            DemoProducer producer,
            TopicIncarnation lost,
            OffsetMap map,
            Map<Integer, Long> consumed) {
        Map<Integer, DemoRecord> wanted = new TreeMap<>();
        consumed.forEach((partition, offset) -> {
            Map.Entry<Long, DemoRecord> next = producer.committed()
                    .getOrDefault(partition, new TreeMap<>())
                    .ceilingEntry(offset);
            if (next != null) {
                wanted.put(partition, next.getValue());
            }
        });
        Map<Integer, ConsumerRecord<byte[], byte[]>> first = cluster.firstRecordsOf(GROUP, wanted.keySet());
        boolean continued = !wanted.isEmpty();
        for (Map.Entry<Integer, DemoRecord> expected : wanted.entrySet()) {
            ConsumerRecord<byte[], byte[]> read = first.get(expected.getKey());
            long target = map.target(
                            lost.partition(expected.getKey()),
                            expected.getValue().offset())
                    .orElse(-1);
            continued &= read != null
                    && read.offset() == target
                    && expected.getValue().isSameAs(read);
        }
        story.step("Consumer group '%s' goes on, in %d partitions", GROUP, wanted.size());
        story.detail(
                continued
                        ? "its first record in each of them is exactly the first one that it had not read"
                        : "but its first records are not those that it had not read");
        return continued;
    }

    private boolean verdict(DemoCluster cluster, DemoProducer producer, TopicIncarnation lost, OffsetMap map) {
        story.step(
                "Every record is compared with what was produced: key, value, headers, timestamp, order, offset map");
        story.detail("PARTITION   PRODUCED   RESTORED AND EQUAL");
        boolean equal = true;
        for (Map.Entry<Integer, NavigableMap<Long, DemoRecord>> partition :
                producer.committed().entrySet()) {
            Comparison.Outcome outcome =
                    Comparison.compare(cluster, lost, partition.getKey(), partition.getValue(), map);
            story.detail(
                    "%9d %10d %20d   %s",
                    outcome.partition(),
                    outcome.produced(),
                    outcome.same(),
                    outcome.difference() == null ? "ok" : outcome.difference());
            equal &= outcome.isEqual();
        }
        return equal;
    }

    private static KafkaConnection kafka(DemoCluster cluster) {
        return new KafkaConnection(cluster.bootstrapServers(), Map.of());
    }
}
