// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.report.RecordsWithoutTimestamp;
import dev.kafkabackup.restore.report.WithoutTimestampStore;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WithoutTimestampCounterTest {

    private static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");
    private static final TopicIdPartition ORDERS_4 = new TopicIdPartition(ORDERS_3.topicId(), 4, "orders");

    @TempDir
    Path folder;

    private BackupFixture backup;

    @BeforeEach
    void open() {
        backup = new BackupFixture(folder);
    }

    @AfterEach
    void close() {
        backup.close();
    }

    private WithoutTimestampCounter counter() {
        return new WithoutTimestampCounter(backup.location().open(), "x");
    }

    private WithoutTimestampStore store() {
        return new WithoutTimestampStore(backup.storage(), "x");
    }

    @Test
    void whatWasWrittenDownIsNotCountedAgainByTheNextRun() throws IOException {
        try (WithoutTimestampCounter first = counter()) {
            first.met(ORDERS_3, 5, true);
            first.met(ORDERS_3, 7, false);
            first.save();
            first.met(ORDERS_3, 8, false);
            first.save();
            // its fetcher was ahead of the last checkpoint
            first.met(ORDERS_3, 9, false);
        }
        try (WithoutTimestampCounter second = counter()) {
            second.met(ORDERS_3, 7, false);
            second.met(ORDERS_3, 8, false);
            second.met(ORDERS_3, 9, false);
            second.met(ORDERS_3, 20, true);
            second.save();
        }

        assertThat(store().read(ORDERS_3))
                .containsExactlyInAnyOrder(
                        new RecordsWithoutTimestamp(3, ORDERS_3.topicId(), new OffsetRange(5, 9), 2, 1),
                        new RecordsWithoutTimestamp(3, ORDERS_3.topicId(), new OffsetRange(9, 21), 1, 1));
    }

    @Test
    void partitionsAreCountedOnTheirOwnAndNothingIsWrittenForThoseWithoutAny() throws IOException {
        try (WithoutTimestampCounter counter = counter()) {
            counter.save();
            assertThat(store().read()).isEmpty();
            counter.met(ORDERS_3, 1, true);
            counter.met(ORDERS_4, 1, false);
            counter.save();
        }

        assertThat(store().read(ORDERS_3)).singleElement().satisfies(met -> {
            assertThat(met.restored()).isOne();
            assertThat(met.leftOut()).isZero();
        });
        assertThat(store().read(ORDERS_4)).singleElement().satisfies(met -> {
            assertThat(met.restored()).isZero();
            assertThat(met.leftOut()).isOne();
        });
    }
}
