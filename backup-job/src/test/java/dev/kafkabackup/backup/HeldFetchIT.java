// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.testing.AnswerGate;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaAnswer;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.event.Level;

/**
 * Records of an incarnation are on their way to the backup while it is deleted and its name is given to another one:
 * I5, forced by a proxy that holds the answer to the fetch.
 */
class HeldFetchIT {

    private static final String READER = "kafka-backup-reader";
    private static final String DISCOVERY = "kafka-backup-discovery";
    private static final String SNAPSHOTS = "kafka-backup-snapshots";

    private static final KafkaProxy PROXY = new KafkaProxy();

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().behind(PROXY);

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @RegisterExtension
    final LoggerAuditingExtension readerLog =
            new LoggerAuditingExtension("dev.kafkabackup.backup.source.PartitionSplitReader", Level.INFO);

    /** In which order the reader learns what happened. */
    private enum Order {
        /** The metadata comes right behind the records, on the same connection. */
        ONE_CONNECTION(false, false, 2),
        ONE_CONNECTION_AND_DISCOVERY_FROZEN(false, true, 0),
        /** The records come while the reader still believes in the old incarnation. */
        FETCH_FIRST(true, false, 1),
        FETCH_FIRST_AND_DISCOVERY_FROZEN(true, true, 2),
        /** The records come when the reader knows of the new incarnation, and maybe reads it. */
        METADATA_FIRST(true, false, 0),
        METADATA_FIRST_AND_DISCOVERY_FROZEN(true, true, 1),
        /**
         * The reader is told that the old incarnation is proven deleted, before its own metadata says anything; it then
         * knows of the new incarnation, and the records come last.
         */
        PROOF_FIRST(true, false, 2);

        private final boolean twoNodes;
        private final boolean discoveryFrozen;

        /** So that a repetition or two of all orders have all shapes between them. */
        private final int firstShape;

        Order(boolean twoNodes, boolean discoveryFrozen, int firstShape) {
            this.twoNodes = twoNodes;
            this.discoveryFrozen = discoveryFrozen;
            this.firstShape = firstShape;
        }
    }

    /**
     * How many records there are.
     *
     * @param read in the backup before anything is held
     * @param held of the same incarnation, on their way
     * @param next of the incarnation after it
     */
    private record Shape(int read, int held, int next) {}

    private static final List<Shape> SHAPES = List.of(
            // more than before: the reader's old position lies within the new log
            new Shape(30, 20, 200),
            // fewer: it lies behind its end
            new Shape(30, 20, 10),
            // the held records begin where the new incarnation begins
            new Shape(0, 20, 200));

    @TempDir
    private Path folder;

    private TestBackup backup;
    private String topic;
    private final ProducedLog log = new ProducedLog();
    private final List<Uuid> incarnations = new ArrayList<>();

    @BeforeEach
    void backUpIntoTheFolder() {
        backup = new TestBackup(BROKER, folder)
                .with(BackupOptions.PARALLELISM, 1)
                // time is measured by what this asks
                .with(BackupOptions.GROUPS_INTERVAL, Duration.ofMillis(100))
                .withClient("metadata.max.age.ms", "100")
                // what a cut connection means is not to forget everything and to begin with the first node again
                .withClient("metadata.recovery.strategy", "none")
                // time enough to ask the other node for metadata when a connection was cut
                .withClient("reconnect.backoff.ms", "1500")
                .withClient("reconnect.backoff.max.ms", "1500");
    }

    @AfterEach
    void showTheClusterAsItIs() {
        PROXY.showTwoNodesTo(null);
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    @Timeout(120)
    void everyRecordIsStoredUnderTheIncarnationThatItWasProducedTo(Order order) throws Exception {
        repeat(order, 1);
    }

    @ParameterizedTest
    @EnumSource(Order.class)
    @Tag("long")
    @Timeout(900)
    void everyRecordIsStoredUnderTheIncarnationThatItWasProducedToTwoHundredTimes(Order order) throws Exception {
        // two hundred and ten between the orders
        repeat(order, 30);
    }

    private void repeat(Order order, int repetitions) throws Exception {
        topic = "held-" + order.name().toLowerCase(Locale.ROOT) + "-" + repetitions;
        PROXY.showTwoNodesTo(order.twoNodes ? READER : null);
        // a reader that has nothing left to read would end, and its consumer with it
        BROKER.createTopic(topic + "-other", 1);
        try (RunningBackup job =
                backup.with(BackupOptions.INCLUDE, topic + "(-other)?").start()) {
            for (int i = 0; i < repetitions; i++) {
                replaceWhileHeld(order, SHAPES.get((order.firstShape + i) % SHAPES.size()));
                // the job was never restarted either: nothing would have started it again
                assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
                BROKER.deleteTopic(topic);
            }
        }
        assertNothingUnderAWrongId(incarnations);
        assertThat(incarnations).hasSize(2 * repetitions);
        assertThat(new Catalog(backup.storage()).incarnations(topic))
                .extracting(TopicIncarnation::id)
                .isSubsetOf(incarnations);
    }

    private void replaceWhileHeld(Order order, Shape shape) {
        Uuid before = create();
        if (shape.read() > 0) {
            produce(before, shape.read());
            backup.awaitCovered(log, topic, before);
        }
        Uuid after;
        try (AnswerGate records =
                PROXY.hold(KafkaAnswer.to(READER, ApiKeys.FETCH).and(KafkaAnswer::hasRecords))) {
            produce(before, shape.held());
            records.awaitHeld();
            if (order.twoNodes) {
                useSecondNodeForMetadata();
                records.awaitHeld();
            }
            after = replaceUnder(order, records, shape.next());
        }
        try {
            backup.awaitCovered(log, topic, after);
        } finally {
            // says more about what went wrong, if anything did
            assertNothingUnderAWrongId(List.of(before, after));
        }
        backup.assertComplete(log, topic, after);
        assertThat(backup.coverage(new TopicIdPartition(before, 0, topic)).endOffset())
                .isGreaterThanOrEqualTo(shape.read());
    }

    /**
     * If the connection to one node is cut, the client asks the other for metadata at once, and stays connected to it.
     */
    private static void useSecondNodeForMetadata() {
        try (AnswerGate metadata = PROXY.watch(
                KafkaAnswer.to(READER, ApiKeys.METADATA).and(answer -> answer.node() == KafkaProxy.SECOND_NODE))) {
            PROXY.disconnect(READER, KafkaProxy.FIRST_NODE);
            metadata.awaitPassed(1);
        }
    }

    private Uuid replaceUnder(Order order, AnswerGate records, int next) {
        try (AnswerGate discovery = order.discoveryFrozen
                        ? PROXY.hold(KafkaAnswer.to(DISCOVERY))
                        : PROXY.watch(KafkaAnswer.to(DISCOVERY));
                AnswerGate fetches = PROXY.watch(KafkaAnswer.to(READER, ApiKeys.FETCH));
                AnswerGate metadata = order.twoNodes
                        ? PROXY.hold(KafkaAnswer.to(READER, ApiKeys.METADATA))
                        : PROXY.watch(KafkaAnswer.to(READER, ApiKeys.METADATA))) {
            if (order.twoNodes) {
                metadata.awaitHeld();
            }
            if (order.discoveryFrozen) {
                discovery.awaitHeld();
            }
            Uuid before = BROKER.topicId(topic);
            BROKER.deleteTopic(topic);
            if (order == Order.PROOF_FIRST) {
                awaitProven(before);
            }
            Uuid after = create();
            produce(after, next);
            switch (order) {
                case ONE_CONNECTION, ONE_CONNECTION_AND_DISCOVERY_FROZEN -> records.open();
                case FETCH_FIRST, FETCH_FIRST_AND_DISCOVERY_FROZEN -> {
                    records.open();
                    fetches.awaitPassed(1);
                    metadata.open();
                }
                case METADATA_FIRST, METADATA_FIRST_AND_DISCOVERY_FROZEN, PROOF_FIRST -> {
                    metadata.open();
                    // the one that was held since before the deletion, and one that knows of it
                    metadata.awaitPassed(2);
                    awaitWhatTheReaderMakesOfIt();
                    records.open();
                }
            }
            if (order.discoveryFrozen) {
                // until then it is given nothing new
                awaitWhatTheReaderMakesOfIt();
            }
            return after;
        }
    }

    /** Waits until the reader gave up an incarnation although it saw no change itself. */
    private void awaitProven(Uuid incarnation) {
        await("reading of " + incarnation + " to end")
                .until(() -> readerLog.getMessages().stream()
                        .anyMatch(message -> message.contains("ended") && message.contains(incarnation.toString())));
    }

    /** Gives the reader time, measured by what another part of the job goes on doing. */
    private static void awaitWhatTheReaderMakesOfIt() {
        try (AnswerGate snapshots = PROXY.watch(KafkaAnswer.to(SNAPSHOTS))) {
            snapshots.awaitPassed(20);
        }
    }

    private Uuid create() {
        Uuid id = BROKER.createTopic(topic, 1);
        incarnations.add(id);
        return id;
    }

    /** Records that say which incarnation they were produced to. */
    private void produce(Uuid incarnation, int count) {
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), log)) {
            for (int i = 0; i < count; i++) {
                byte[] value = "%s %d".formatted(incarnation, i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(topic, value));
            }
        }
    }

    /** What is stored of each incarnation is what was produced to it, from offset 0 up to some offset. */
    private void assertNothingUnderAWrongId(List<Uuid> topicIds) {
        for (Uuid id : topicIds) {
            TopicIdPartition partition = new TopicIdPartition(id, 0, topic);
            List<ProducedRecord> produced = List.copyOf(log.records(partition).values());
            List<ProducedRecord> stored = backup.records(partition);
            assertThat(stored).as("records stored of %s", partition).hasSizeLessThanOrEqualTo(produced.size());
            assertThat(stored)
                    .as("records stored of %s", partition)
                    .containsExactlyElementsOf(produced.subList(0, stored.size()));
            assertThat(backup.coverage(partition).firstUncovered(0))
                    .as("covered of %s", partition)
                    .isEqualTo(stored.size());
            backup.assertEachOffsetInOneSegment(partition);
        }
    }
}
