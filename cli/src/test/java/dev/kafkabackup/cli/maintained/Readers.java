// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.maintained;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.inspection.catalogue.BackupCatalogue;
import dev.kafkabackup.inspection.catalogue.IncarnationView;
import dev.kafkabackup.inspection.catalogue.PartitionView;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.PlannedSource;
import dev.kafkabackup.restore.plan.RestorePlanner;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.storage.BackupStorage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Somebody who plans a restore and reads what it would bring back, and somebody who describes the topic, again and
 * again: both always see what was published, whatever happens to the segments meanwhile.
 */
final class Readers implements AutoCloseable {

    /** Less than what was merged stays for: no listing of a real storage takes an hour, however fast time passes. */
    private static final Duration LONGEST_LOOK = Duration.ofMinutes(45);

    private final Simulation simulation;
    private final SimulatedBackup backup;
    private final String topic;
    private final List<OffsetRange> gaps;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final Future<Integer> restores;
    private final Future<Integer> descriptions;
    private volatile Instant describedAt;
    private volatile boolean ended;

    private Readers(Simulation simulation, SimulatedBackup backup, String topic, List<OffsetRange> gaps) {
        this.simulation = simulation;
        this.backup = backup;
        this.topic = topic;
        this.gaps = gaps;
        this.describedAt = simulation.clock().now();
        this.restores = threads.submit(() -> again(this::restore));
        this.descriptions = threads.submit(() -> again(this::describe));
    }

    /** @param gaps that the backup has from the start */
    static Readers start(Simulation simulation, SimulatedBackup backup, String topic, List<OffsetRange> gaps) {
        return new Readers(simulation, backup, topic, gaps);
    }

    private interface Look {
        void at(BackupStorage storage) throws IOException;
    }

    private int again(Look look) throws IOException {
        int times = 0;
        while (!ended) {
            look.at(simulation.storage().another());
            times++;
        }
        return times;
    }

    private void restore(BackupStorage storage) throws IOException {
        long published = backup.publishedUpTo();
        PlannedSource planned = new RestorePlanner(storage)
                .plan(List.of(RestoreSelection.of(topic, topic + "-restored")))
                .get(0)
                .partitions()
                .get(0)
                .sources()
                .get(0);
        assertThat(planned.gaps()).isEqualTo(gaps);
        assertThat(planned.expired()).isEmpty();
        assertThat(planned.overruled()).isEmpty();
        // the server shows files that it is writing
        assertThat(planned.damaged())
                .allMatch(damage -> damage.offsets() != null && damage.offsets().startOffset() >= published);
        long end = planned.offsets().get(planned.offsets().size() - 1).endOffset();
        assertThat(end).isGreaterThanOrEqualTo(published);
        SimulatedBackup.assertSameRecords(before(end, backup.read(storage, 0)), before(end, backup.records(0)));
    }

    private static List<SegmentRecord> before(long endOffset, List<SegmentRecord> records) {
        return records.stream().filter(record -> record.offset() < endOffset).toList();
    }

    private void describe(BackupStorage storage) throws IOException {
        describedAt = simulation.clock().now();
        long published = backup.publishedUpTo();
        try (BackupCatalogue catalogue = new BackupCatalogue(storage, Simulation.WEEK, Simulation.MONTH, null, true)) {
            IncarnationView view = catalogue.incarnations(List.of(topic)).get(0);
            assertThat(view.problems()).isEmpty();
            assertThat(view.state()).isEqualTo("live");
            PartitionView partition = view.partitions().get(0);
            assertThat(partition.startOffset()).isZero();
            assertThat(partition.endOffset()).isGreaterThanOrEqualTo(published);
            assertThat(partition.gaps()).isEqualTo(gaps);
            assertThat(partition.notSegments()).isEmpty();
        }
    }

    /** Whether time may pass: nobody has been looking at a listing for nearly as long as segments stay. */
    boolean keepUp() {
        Duration described = Duration.between(describedAt, simulation.clock().now());
        boolean failed = restores.isDone() || descriptions.isDone();
        return failed
                || (described.compareTo(LONGEST_LOOK) < 0
                        && simulation.storage().oldestListing().compareTo(LONGEST_LOOK) < 0);
    }

    /** Ends both and says how often they looked; fails if one of them saw something else than what was published. */
    String end() throws Exception {
        ended = true;
        assertThat(restores.get()).isPositive();
        assertThat(descriptions.get()).isPositive();
        return "%d restores and %d descriptions".formatted(restores.get(), descriptions.get());
    }

    @Override
    public void close() {
        ended = true;
        threads.shutdownNow();
    }
}
