// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.maintenance.clock.StorageClock;
import dev.kafkabackup.retention.ReadingState;
import dev.kafkabackup.retention.ReadingStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScatteredReadingsTest {

    private static final TopicIncarnation TOPIC = new TopicIncarnation("prices", Uuid.ONE_UUID);
    private static final StorageClock.Reading CLOCK = new StorageClock.Reading(Instant.EPOCH, Optional.empty());

    private final AtomicLong nanos = new AtomicLong(-5);

    @Test
    void whatSeveralObjectsSayIsGatheredAtOnceAndThenOnceADay(@TempDir Path folder) throws IOException {
        try (BackupStorage storage = StorageLocation.parse(folder.toString()).open()) {
            ReadingStore store = new ReadingStore(storage);
            ScatteredReadings readings = new ScatteredReadings(storage, nanos::get);
            scatter(store);

            readings.gatherIfDue(List.of(TOPIC), new StorageClock.Reading(Instant.EPOCH, Optional.of("clocks differ")));
            assertThat(store.read(TOPIC).objects()).hasSize(3);
            readings.gatherIfDue(List.of(TOPIC), CLOCK);
            assertThat(store.read(TOPIC).objects()).hasSize(1);

            scatter(store);
            nanos.addAndGet(Duration.ofHours(23).toNanos());
            readings.gatherIfDue(List.of(TOPIC), CLOCK);
            assertThat(store.read(TOPIC).objects()).hasSize(4);
            nanos.addAndGet(Duration.ofHours(1).toNanos());
            readings.gatherIfDue(List.of(TOPIC), CLOCK);
            assertThat(store.read(TOPIC).objects()).hasSize(1);
        }
    }

    private static void scatter(ReadingStore store) throws IOException {
        for (int i = 0; i < 3; i++) {
            store.write(TOPIC, ReadingState.NONE, List.of());
        }
    }
}
