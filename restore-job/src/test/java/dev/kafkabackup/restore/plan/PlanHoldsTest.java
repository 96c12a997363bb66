// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanHoldsTest {

    private static final Uuid FIRST = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final Uuid SECOND = Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A");

    @TempDir
    Path folder;

    private static RestorePlan plan(Uuid... topicIds) {
        return new RestorePlan(
                "id",
                Instant.EPOCH,
                "source",
                "target",
                OnCorrupt.STOP,
                List.of(new TopicPlan(
                        "orders", List.of(topicIds), "restored", null, 1, RecordSelection.ALL, List.of(), List.of())));
    }

    private static boolean isHeld(HoldStore store, Uuid topicId, Instant at) throws IOException {
        return !store.active(new TopicIncarnation("orders", topicId), at).isEmpty();
    }

    @Test
    void whatIsReadIsHeldUntilTheHoldIsReleasedOrNobodyRenewsIt() throws IOException {
        try (BackupFixture backup = new BackupFixture(folder)) {
            HoldStore store = new HoldStore(backup.storage());
            PlanHolds holds = new PlanHolds(backup.storage(), plan(FIRST), Clock.systemUTC());

            holds.renew();
            holds.renew();

            assertThat(isHeld(store, FIRST, Instant.now())).isTrue();
            assertThat(isHeld(store, SECOND, Instant.now())).isFalse();
            assertThat(isHeld(
                            store,
                            FIRST,
                            Instant.now().plus(HoldStore.DEAD_AFTER).plusSeconds(1)))
                    .as("when nobody renews it")
                    .isFalse();

            holds.release();
            assertThat(store.all("orders")).isEmpty();
        }
    }

    @Test
    void aTopicThatCannotBeHeldKeepsNoOtherFromBeingHeld() throws IOException {
        try (BackupFixture backup = new BackupFixture(folder)) {
            TopicPlan denied = new TopicPlan(
                    "denied", List.of(SECOND), "restored-too", null, 1, RecordSelection.ALL, List.of(), List.of());
            RestorePlan both =
                    plan(FIRST).withTopics(List.of(denied, plan(FIRST).topics().get(0)));
            Path holds = folder.resolve(BackupLayout.holds("denied"));
            Files.createDirectories(holds.getParent());
            Files.writeString(holds, "in the way");

            assertThatThrownBy(() -> new PlanHolds(backup.storage(), both, Clock.systemUTC()).renew())
                    .isInstanceOf(IOException.class);

            assertThat(isHeld(new HoldStore(backup.storage()), FIRST, Instant.now()))
                    .isTrue();
        }
    }

    @Test
    void allIncarnationsThatAreReadAreHeld() throws IOException {
        try (BackupFixture backup = new BackupFixture(folder)) {
            new PlanHolds(backup.storage(), plan(FIRST, SECOND), Clock.systemUTC()).renew();

            HoldStore store = new HoldStore(backup.storage());
            assertThat(isHeld(store, FIRST, Instant.now())).isTrue();
            assertThat(isHeld(store, SECOND, Instant.now())).isTrue();
        }
    }
}
