// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedOffsetsTest {

    private static final TopicIncarnation OLD =
            new TopicIncarnation("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"));
    private static final TopicIncarnation LIVE =
            new TopicIncarnation("orders", Uuid.fromString("AAAAAAAAQACAAAAAAAAAAg"));
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

    @TempDir
    Path folder;

    private BackupFixture backup;

    @BeforeEach
    void openBackup() throws IOException {
        backup = new BackupFixture(folder);
        backup.metadata(OLD, 1, Map.of(), START);
        backup.metadata(LIVE, 1, Map.of(), START.plusSeconds(500));
    }

    @AfterEach
    void closeBackup() {
        backup.close();
    }

    private void snapshot(int second, TopicIncarnation topic, long offset) throws IOException {
        new GroupHistory(backup.storage())
                .append(new GroupSnapshot(
                        START.plusSeconds(second),
                        second == 0,
                        List.of(new GroupOffset("billing", topic.name(), topic.id(), 0, offset)),
                        List.of()));
    }

    private void deleted(TopicIncarnation topic, int second) throws IOException {
        TopicMetadataStore metadata = new TopicMetadataStore(backup.storage());
        metadata.append(metadata.latest(topic).orElseThrow().deleted(START.plusSeconds(second)));
    }

    private List<CommittedOffset> committed(@Nullable Instant asOf) throws IOException {
        TopicPlan topic = new TopicPlan(
                "orders", List.of(OLD.id(), LIVE.id()), "orders", null, 1, RecordSelection.ALL, List.of(), List.of());
        return new CommittedOffsets(backup.storage())
                .of(new RestorePlan("x", START, "source", "target", OnCorrupt.STOP, List.of(topic)), asOf);
    }

    @Test
    void ofADeletedIncarnationTheLastOnesBeforeItsDeletionCount() throws IOException {
        snapshot(0, OLD, 10);
        snapshot(30, OLD, 20);
        deleted(OLD, 60);
        snapshot(90, OLD, 1);

        assertThat(committed(null)).singleElement().satisfies(offset -> {
            assertThat(offset.offset().offset()).isEqualTo(20);
            assertThat(offset.basis()).isEqualTo(CommittedOffset.Basis.DELETION);
            assertThat(offset.snapshotAt()).isEqualTo(START.plusSeconds(30));
            assertThat(offset.newestOffset()).isEqualTo(20);
        });
    }

    @Test
    void ofALiveIncarnationTheNewestOnesCount() throws IOException {
        snapshot(0, LIVE, 10);
        snapshot(30, LIVE, 20);

        assertThat(committed(null)).singleElement().satisfies(offset -> {
            assertThat(offset.offset().offset()).isEqualTo(20);
            assertThat(offset.basis()).isEqualTo(CommittedOffset.Basis.NEWEST);
            assertThat(offset.snapshotAt()).isEqualTo(START.plusSeconds(30));
        });
    }

    @Test
    void aMomentThatTheUserNamesCountsAndWhatIsKnownSinceThenIsKept() throws IOException {
        snapshot(0, OLD, 10);
        snapshot(30, OLD, 20);
        deleted(OLD, 60);

        assertThat(committed(START.plusSeconds(29))).singleElement().satisfies(offset -> {
            assertThat(offset.offset().offset()).isEqualTo(10);
            assertThat(offset.basis()).isEqualTo(CommittedOffset.Basis.AS_OF);
            assertThat(offset.snapshotAt()).isEqualTo(START);
            assertThat(offset.newestOffset()).isEqualTo(20);
        });
    }

    @Test
    void aMomentAfterTheDeletionIsTheDeletion() throws IOException {
        snapshot(0, OLD, 10);
        deleted(OLD, 60);
        snapshot(90, OLD, 1);

        assertThat(committed(START.plusSeconds(3_600))).singleElement().satisfies(offset -> {
            assertThat(offset.offset().offset()).isEqualTo(10);
            assertThat(offset.basis()).isEqualTo(CommittedOffset.Basis.DELETION);
        });
    }

    @Test
    void eachIncarnationHasItsOwnMoment() throws IOException {
        snapshot(0, OLD, 10);
        deleted(OLD, 60);
        snapshot(600, LIVE, 3);

        assertThat(committed(null))
                .extracting(offset ->
                        offset.offset().topicId() + " " + offset.offset().offset() + " " + offset.basis())
                .containsExactlyInAnyOrder(OLD.id() + " 10 DELETION", LIVE.id() + " 3 NEWEST");
    }
}
