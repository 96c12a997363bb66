// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.testing.AnswerGate;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.KafkaAnswer;
import dev.kafkabackup.testing.KafkaProxy;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.flink.testutils.logging.LoggerAuditingExtension;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

/**
 * A broker with old metadata says for a while that a topic does not exist, or is another incarnation: that is not the
 * end of anything.
 */
@Timeout(120)
class StaleMetadataIT {

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

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();
    private String topic;
    private String other;
    private Uuid id;
    private Uuid otherId;
    private TestBackup backup;

    @BeforeEach
    void createTopics(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
        other = topic + "-other";
        id = BROKER.createTopic(topic, 1);
        otherId = BROKER.createTopic(other, 1);
        backup = new TestBackup(BROKER, folder)
                .with(BackupOptions.INCLUDE, topic + ".*")
                .with(BackupOptions.PARALLELISM, 1)
                .withClient("metadata.max.age.ms", "100");
    }

    @AfterEach
    void showTheClusterAsItIs() {
        PROXY.showTwoNodesTo(null);
    }

    @Test
    void aPartitionWhoseTopicTheReaderDoesNotSeeForAWhileGoesOnAfterwards() throws Exception {
        produce(100);
        try (RunningBackup job = backup.start()) {
            awaitAllCovered();
            try (KafkaProxy.Change gone = unknownTo(READER);
                    AnswerGate metadata = PROXY.watch(KafkaAnswer.to(READER, ApiKeys.METADATA))) {
                metadata.awaitPassed(5);
                produce(100);
                backup.awaitCovered(log, other, otherId);
                assertThat(backup.coverage(new TopicIdPartition(id, 0, topic)).endOffset())
                        .as("it was not read meanwhile")
                        .isEqualTo(100);
            }
            awaitAllCovered();
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertNothingHappened();
    }

    /** What a poll brought together with the news that there is no such topic is dropped, and read again. */
    @Test
    void recordsThatComeWhenTheTopicSeemsToVanishAreReadAgain() throws Exception {
        PROXY.showTwoNodesTo(READER);
        backup.withClient("metadata.recovery.strategy", "none")
                .withClient("reconnect.backoff.ms", "1500")
                .withClient("reconnect.backoff.max.ms", "1500");
        produce(10);
        try (RunningBackup job = backup.start()) {
            awaitAllCovered();
            for (int i = 0; i < 2; i++) {
                try (AnswerGate records = PROXY.hold(withRecords())) {
                    produce(20);
                    records.awaitHeld();
                    // metadata has to come from another node, because nothing overtakes what is held
                    PROXY.disconnect(READER, KafkaProxy.FIRST_NODE);
                    records.awaitHeld();
                    try (AnswerGate metadata = PROXY.hold(KafkaAnswer.to(READER, ApiKeys.METADATA));
                            KafkaProxy.Change gone = unknownTo(READER)) {
                        metadata.awaitHeld();
                        // both in one poll, or nearly so
                        metadata.open();
                        metadata.awaitPassed(2);
                        records.open();
                        records.awaitPassed(1);
                    }
                }
                awaitAllCovered();
            }
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertNothingHappened();
    }

    /** What was fetched under the ID in between is none of the old incarnation's, though its ID is back. */
    @Test
    void recordsThatComeWhenTheTopicThatWasReplacedSeemsToBeBackAreNotTakenForItsOwn() throws Exception {
        PROXY.showTwoNodesTo(READER);
        backup.withClient("metadata.recovery.strategy", "none")
                .withClient("reconnect.backoff.ms", "500")
                .withClient("reconnect.backoff.max.ms", "500")
                // several answers of each kind within one poll
                .withClient("metadata.max.age.ms", "5")
                .withClient("retry.backoff.ms", "5")
                .withClient("fetch.max.wait.ms", "5")
                // a deletion is not proven meanwhile; the reader learns of it
                .with(BackupOptions.DISCOVERY_INTERVAL, Duration.ofHours(1));
        produce(30);
        try (RunningBackup job = backup.start()) {
            // whenever a poll ends while the new ID is shown, the old incarnation is given up before its name is back
            while (droppedBatches() == 0) {
                awaitAllCovered();
                Uuid next = replaceAndShow(id);
                backup.awaitCovered(log, topic, next);
                backup.assertComplete(log, topic, id);
                id = next;
            }
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        backup.assertComplete(log, topic, id);
    }

    private long droppedBatches() {
        return readerLog.getMessages().stream()
                .filter(message -> message.startsWith("Dropped "))
                .count();
    }

    /** Shows the reader the old ID, the new one for a moment, and the old one again before the records come. */
    private Uuid replaceAndShow(Uuid old) {
        AtomicReference<Uuid> shown = new AtomicReference<>(old);
        AtomicInteger answers = new AtomicInteger();
        Predicate<KafkaAnswer> which = KafkaAnswer.to(READER, ApiKeys.METADATA);
        try (KafkaProxy.Change stale = PROXY.change(answer -> {
            answers.addAndGet(which.test(answer) ? 1 : 0);
            return which.test(answer) ? answer.withTopicId(topic, shown.get()) : answer;
        })) {
            useSecondNodeForMetadata();
            awaitAllCovered();
            Uuid next;
            try (AnswerGate metadata = PROXY.hold(KafkaAnswer.to(READER, ApiKeys.METADATA))) {
                metadata.awaitHeld();
                BROKER.deleteTopic(topic);
                next = BROKER.createTopic(topic, 1);
                Produce.to(BROKER, log, topic, 1, 200);
            }
            try (AnswerGate records = PROXY.hold(withRecords())) {
                shown.set(next);
                records.awaitHeld();
                shown.set(old);
                awaitMoreOrEnded(answers, old);
                records.open();
                awaitMoreOrEnded(answers, old);
            }
            return next;
        }
    }

    /** A partition that has to be read up to some offset is not given up because of a broker's word. */
    @Test
    void aBoundedRunReadsOnWhenTheTopicSeemedToBeReplaced() throws Exception {
        produce(100);
        TopicIdPartition partition = new TopicIdPartition(id, 0, topic);
        UnaryOperator<KafkaAnswer> refusal = answer -> answer.withFetchError(partition, Errors.NOT_LEADER_OR_FOLLOWER);
        Uuid another = Uuid.randomUuid();
        RunningBackup job;
        try (KafkaProxy.Change unreadable = PROXY.change(refusal);
                AnswerGate refused =
                        PROXY.watch(answer -> !refusal.apply(answer).equals(answer))) {
            job = backup.with(BackupOptions.ONCE, true).start();
            refused.awaitPassed(2);
            try (KafkaProxy.Change replaced = PROXY.change(
                            answer -> isSeenBy(answer, READER) ? answer.withTopicId(topic, another) : answer);
                    AnswerGate metadata = PROXY.watch(KafkaAnswer.to(READER, ApiKeys.METADATA))) {
                metadata.awaitPassed(5);
            }
        }
        try (job) {
            job.awaitEnd();
        }
        backup.assertComplete(log, topic, id);
        backup.assertComplete(log, other, otherId);
    }

    @Test
    void aTopicThatListingsLeaveOutAndOneDescriptionMissesIsNotDeleted() throws Exception {
        produce(100);
        try (RunningBackup job = backup.start()) {
            awaitAllCovered();
            try (KafkaProxy.Change unlisted = PROXY.change(
                            answer -> isSeenBy(answer, DISCOVERY, SNAPSHOTS) ? answer.listedWithout(topic) : answer);
                    KafkaProxy.Change once = PROXY.change(firstOnly(DISCOVERY));
                    KafkaProxy.Change onceMore = PROXY.change(firstOnly(SNAPSHOTS));
                    AnswerGate discovered = described(DISCOVERY);
                    AnswerGate recorded = described(SNAPSHOTS)) {
                discovered.awaitPassed(5);
                recorded.awaitPassed(5);
                produce(100);
                awaitAllCovered();
            }
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }
        assertNothingHappened();
    }

    /** If the connection to one node is cut, the client asks the other one, and stays connected to it. */
    private void useSecondNodeForMetadata() {
        try (AnswerGate records = PROXY.hold(withRecords());
                AnswerGate metadata = PROXY.watch(KafkaAnswer.to(READER, ApiKeys.METADATA)
                        .and(answer -> answer.node() == KafkaProxy.SECOND_NODE))) {
            produce(1);
            records.awaitHeld();
            PROXY.disconnect(READER, KafkaProxy.FIRST_NODE);
            metadata.awaitPassed(1);
            records.awaitHeld();
        }
    }

    /** One answer that was on its way already, and one that is known to have arrived because another one follows it. */
    private void awaitMoreOrEnded(AtomicInteger answers, Uuid old) {
        int enough = answers.get() + 3;
        await("answers, or the end of " + old)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(30))
                .until(() -> answers.get() >= enough || hasEnded(old));
    }

    private boolean hasEnded(Uuid incarnation) {
        return readerLog.getMessages().stream()
                .anyMatch(message -> message.startsWith("Reading of " + incarnation) && message.endsWith("ended"));
    }

    private static Predicate<KafkaAnswer> withRecords() {
        return KafkaAnswer.to(READER, ApiKeys.FETCH).and(KafkaAnswer::hasRecords);
    }

    private static AnswerGate described(String client) {
        return PROXY.watch(KafkaAnswer.to(client, ApiKeys.DESCRIBE_TOPIC_PARTITIONS));
    }

    private static boolean isSeenBy(KafkaAnswer answer, String... clients) {
        for (String client : clients) {
            if (answer.clientId().startsWith(client)) {
                return true;
            }
        }
        return false;
    }

    private KafkaProxy.Change unknownTo(String client) {
        return PROXY.change(answer -> answer.clientId().startsWith(client) ? answer.withoutTopic(topic) : answer);
    }

    /** The first description that a client gets misses the topic. */
    private UnaryOperator<KafkaAnswer> firstOnly(String client) {
        AtomicBoolean done = new AtomicBoolean();
        Predicate<KafkaAnswer> which = KafkaAnswer.to(client, ApiKeys.DESCRIBE_TOPIC_PARTITIONS);
        return answer -> which.test(answer) && done.compareAndSet(false, true) ? answer.withoutTopic(topic) : answer;
    }

    private void produce(int count) {
        Produce.to(BROKER, log, topic, 1, count);
        Produce.to(BROKER, log, other, 1, count);
    }

    private void awaitAllCovered() {
        backup.awaitCovered(log, topic, id);
        backup.awaitCovered(log, other, otherId);
    }

    private void assertNothingHappened() throws Exception {
        assertThat(readerLog.getMessages())
                .as("no partition was given up")
                .filteredOn(message -> message.startsWith("Reading of "))
                .isEmpty();
        for (TopicIncarnation incarnation :
                new TopicIncarnation[] {new TopicIncarnation(topic, id), new TopicIncarnation(other, otherId)}) {
            backup.assertComplete(log, incarnation.name(), incarnation.id());
            backup.assertEachOffsetInOneSegment(log, incarnation.name(), incarnation.id());
            assertThat(new TopicMetadataStore(backup.storage()).history(incarnation))
                    .extracting(TopicMetadata::state)
                    .containsOnly(TopicState.LIVE);
            assertThat(new Catalog(backup.storage()).incarnations(incarnation.name()))
                    .containsExactly(incarnation);
        }
    }
}
