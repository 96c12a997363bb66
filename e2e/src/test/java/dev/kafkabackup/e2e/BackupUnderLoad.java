// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.e2e.judge.SegmentFile;
import dev.kafkabackup.e2e.proxy.RequestTurnstile;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.SteadyLoad;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;

/**
 * A backup on an S3 server behind a proxy, of two topics: one with a load that never pauses, transactions and aborted
 * ones among it, and one that the test replaces.
 */
final class BackupUnderLoad implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(4);

    /** For a point in a run: not every run asks for the same. */
    static final Duration POINT_PATIENCE = Duration.ofSeconds(40);

    static final int PARTITIONS = 4;

    private static final String ROOT = "root";
    private static final int RECORDS_PER_SECOND = 300;

    private static final String LARGER_SEGMENTS = "96kb";
    /** What size ends at 64 kB has less, unless its last record is a large one; what it ends at 96 kB has more. */
    private static final int SMALL_SEGMENT_BYTES = 72 << 10;

    private static final AtomicInteger TOPICS = new AtomicInteger();

    private final String topic = "loaded-" + TOPICS.incrementAndGet();
    private final String replacedTopic = topic + "-replaced";
    private final BrokerExtension broker;
    private final Path copy;
    private final ProducedLog produced = new ProducedLog();
    private final RandomRecords records = RandomRecords.seeded();
    private final Uuid topicId;
    private final ReplacedTopic replaced;
    private final ProxiedBackup backup;
    private final Judge live;
    private final StoredOffsets stored;
    private final SteadyLoad load;
    private final SteadyTransactions transactions;

    BackupUnderLoad(BrokerExtension broker, Path folder, RequestTurnstile turnstile) throws IOException {
        this.broker = broker;
        this.copy = folder.resolve("copy");
        this.topicId = broker.createTopic(topic, PARTITIONS);
        this.replaced = new ReplacedTopic(broker, produced, replacedTopic, new RandomRecords(records.seed() + 1));
        this.backup = ProxiedBackup.start(folder, broker.bootstrapServers(), turnstile);
        this.live = Judge.withDuckDb(backup.files(ROOT), broker.clusterId());
        this.stored = new StoredOffsets(live, topic, topicId);
        this.load = SteadyLoad.start(broker.bootstrapServers(), produced, topic, RECORDS_PER_SECOND, records);
        this.transactions = SteadyTransactions.start(
                broker.bootstrapServers(), produced, topic, PARTITIONS, new RandomRecords(~records.seed()));
    }

    /** Gives the same numbers again where the records have the same seed. */
    Random random() {
        return new Random(records.seed());
    }

    /** Replaces the other topic, so that each start has a deletion and a new incarnation to find. */
    void replaceTopic() {
        replaced.replace();
    }

    /** Starts the command, which goes on with what Flink state there is. */
    ProxiedBackup.Run start() {
        return backup.startBackup(
                ROOT,
                topic + "|" + replacedTopic,
                "--checkpoint-dir",
                backup.checkpoints().toString());
    }

    /** {@link #start} of one whose segments end elsewhere, also where size alone ends them. */
    ProxiedBackup.Run startWithLargerSegments() {
        return backup.startBackup(
                ROOT,
                topic + "|" + replacedTopic,
                "--checkpoint-dir",
                backup.checkpoints().toString(),
                ProxiedBackup.SEGMENT_BYTES,
                LARGER_SEGMENTS);
    }

    /**
     * Whether this is the upload of a segment that {@link #startWithLargerSegments its successor} would end elsewhere
     * but for a rare chance: one of the loaded topic, because nobody reads the other one again that was replaced
     * meanwhile, and none that a record ends which is large enough to end any segment.
     */
    boolean isOfSmallSegment(String request) {
        return SegmentFile.parse(backup.file(request))
                .filter(segment -> segment.path().toString().contains("/topic=" + topic + "/"))
                .filter(segment -> segment.sizeBytes() < SMALL_SEGMENT_BYTES)
                .isPresent();
    }

    /** Waits until the segment of this upload, of the loaded topic, is there. */
    void awaitStored(String request) {
        Path segment = backup.file(request);
        await(segment + " to be stored").atMost(PATIENCE).until(() -> stored.hold(segment));
    }

    /** Deletes everything that Flink keeps. */
    void forgetFlinkState() throws IOException {
        backup.forgetFlinkState();
    }

    /** Cuts off the end of everything that Flink keeps. */
    void damageFlinkState() throws IOException {
        backup.damageFlinkState();
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

    /** How many segments overlap the one before them. */
    int overlaps() {
        return stored.overlaps();
    }

    /** Ends the load, lets the last run finish its work and stop, and downloads the backup. */
    void finish(ProxiedBackup.Run last) throws Exception {
        assertThat(stored.hold(produced)).as("all is stored already").isFalse();
        load.stop();
        transactions.stop();
        await("every record to be covered")
                .atMost(PATIENCE)
                .until(() -> stored.hold(produced) && replaced.isCovered(live));
        last.process().sendTerm();
        last.process().assertEndsWith(0, PATIENCE);
        backup.download(ROOT, copy);
    }

    /** After {@link #finish}: every record is there, as it was produced, and where it belongs. */
    void assertWhole() throws Exception {
        try (Judge judge = Judge.withDuckDb(copy, broker.clusterId())) {
            judge.assertComplete(produced, topic, topicId);
            judge.assertContiguous(topic, topicId);
            StoredOffsets downloaded = new StoredOffsets(judge, topic, topicId);
            assertThat(downloaded.coveredUpTo())
                    .as("covered up to the last stable offsets, markers and aborted records included")
                    .isEqualTo(downloaded.lastStable(broker.admin(), PARTITIONS));
            replaced.assertKeptApart(judge);
        }
    }

    /** After {@link #finish}: nothing was read that was stored already. */
    void assertNothingStoredTwice() {
        try (Judge judge = Judge.withDuckDb(copy, broker.clusterId())) {
            judge.assertNoOverlap(topic, topicId);
            replaced.assertNoOverlap(judge);
        }
    }

    @Override
    public void close() throws IOException {
        try (backup;
                live;
                load;
                transactions) {
            // all of them, whatever fails
        }
    }
}
