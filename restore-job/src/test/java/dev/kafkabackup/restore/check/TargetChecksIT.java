// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.Restore;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.topic.TopicIncarnation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/** Each check refuses before anything is changed, and lets the restore run when it is overridden. */
class TargetChecksIT extends RestoredIntoTargets {

    @Test
    void aTargetThatHoldsRecords() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("not-empty", PARTITIONS);
        TARGET.produce(new TopicPartition("not-empty", 1));

        assertRefused(
                "not-empty",
                "Topic not-empty is not empty (partition 1 holds offsets 0 to 0): choose another target with --topic orders=TARGET, or --allow not-empty (restored records come behind those that are there)");

        restore("not-empty", allowing(Check.NOT_EMPTY));
        assertThat(TARGET.timestamps(new TopicPartition("not-empty", 0))).hasSize(RECORDS);
        assertThat(TARGET.timestamps(new TopicPartition("not-empty", 1)))
                .hasSize(1 + RECORDS)
                .endsWith(oldest + RECORDS - 1);
    }

    @Test
    void theVeryTopicThatWasBackedUp() throws Exception {
        orders = new TopicIncarnation("still-live", BROKER.createTopic("still-live", PARTITIONS));
        backUp(Map.of());

        assertRefused(
                "still-live",
                "Topic still-live (%s) is the topic that was backed up, and still there: choose another target with --topic still-live=TARGET, or --allow live-source (the restored records are appended to the topic that they come from, and backed up again)"
                        .formatted(orders.id()));

        restore("still-live", allowing(Check.LIVE_SOURCE));
        assertThat(TARGET.timestamps(new TopicPartition("still-live", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetWithTooFewPartitions() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("too-few", 1);

        assertRefused(
                "too-few",
                "Topic too-few has 1 partitions, but the restore needs 2: choose another target with --topic orders=TARGET, or have them added with --add-partitions");

        restore("too-few", new TargetOptions(Set.of(), true, null, Map.of()));
        assertThat(TARGET.timestamps(new TopicPartition("too-few", 1))).hasSize(RECORDS);
    }

    @Test
    void aRetentionTimeThatIsShorterThanTheRecordsAreOld() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("retention-time", PARTITIONS, Map.of("retention.ms", "86400000"));

        assertRefused(
                "retention-time",
                "Topic retention-time has retention.ms=86400000 (1 days), but the oldest restored record may be of %s and would be deleted at once: set it to -1 for the time of the restore, or --allow retention (older records are deleted)"
                        .formatted(Instant.ofEpochMilli(oldest)));

        // the broker looks for what is too old every five minutes
        restore("retention-time", allowing(Check.RETENTION));
        assertThat(TARGET.timestamps(new TopicPartition("retention-time", 0))).hasSize(RECORDS);
    }

    @Test
    void aRetentionSizeThatIsSmallerThanThePartitions() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("retention-size", PARTITIONS, Map.of("retention.bytes", "1000"));

        assertRefused(
                "retention-size",
                "Topic retention-size has retention.bytes=1000, but partition 0 may need ",
                "--allow retention");

        restore("retention-size", allowing(Check.RETENTION));
        assertThat(TARGET.timestamps(new TopicPartition("retention-size", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatIsCompacted() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("compacted", PARTITIONS, Map.of("cleanup.policy", "compact"));

        assertRefused(
                "compacted",
                "Topic compacted has cleanup.policy=compact, which removes all but the last restored record of a key: ",
                "--allow compaction");

        restore("compacted", allowing(Check.COMPACTION));
        assertThat(TARGET.timestamps(new TopicPartition("compacted", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatAcceptsSmallerRecordsThanTheSource() throws Exception {
        backUp(Map.of("max.message.bytes", "2000000"));
        BROKER.createTopic("small-messages", PARTITIONS, Map.of("max.message.bytes", "1500000"));

        assertRefused(
                "small-messages",
                "Topic small-messages has max.message.bytes=1500000, but the source accepted records of up to 2000000 bytes: raise it, or --allow message-size (a record that is too large ends the restore)");

        restore("small-messages", allowing(Check.MESSAGE_SIZE));
        assertThat(TARGET.timestamps(new TopicPartition("small-messages", 0))).hasSize(RECORDS);
    }

    @Test
    void aTargetThatAcceptsNoTimestampsAsOldAsTheRecords() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("no-old-ones", PARTITIONS, Map.of("message.timestamp.before.max.ms", "3600000"));

        assertRefused(
                "no-old-ones",
                "Topic no-old-ones has message.timestamp.before.max.ms=3600000, so that it accepts no such timestamps: the oldest restored record may be of %s: "
                        .formatted(Instant.ofEpochMilli(oldest)),
                "--allow timestamps (a record with such a timestamp ends the restore)");

        try (Restore restore = open(ProduceSettings.DEFAULT, "no-old-ones")) {
            restore.prepare(plan(restore, "no-old-ones"), allowing(Check.TIMESTAMPS));
        }
    }

    @Test
    void aTargetThatAcceptsNoTimestampsAsFarAheadAsTheRecords() throws Exception {
        long tomorrow = Instant.now().plus(Duration.ofDays(1)).toEpochMilli();
        backup.segment(orders.partition(0), 0, 1, List.of(BackupFixture.record(0, tomorrow)));
        backup.metadata(orders, PARTITIONS, Map.of(), Instant.EPOCH);
        BROKER.createTopic("not-ahead", PARTITIONS, Map.of("message.timestamp.after.max.ms", "3600000"));

        assertRefused(
                "not-ahead",
                "Topic not-ahead has message.timestamp.after.max.ms=3600000, so that it accepts no such timestamps: the newest restored record may be of %s: "
                        .formatted(Instant.ofEpochMilli(tomorrow)),
                "--allow timestamps");

        try (Restore restore = open(ProduceSettings.DEFAULT, "not-ahead")) {
            restore.prepare(plan(restore, "not-ahead"), allowing(Check.TIMESTAMPS));
        }
    }

    @Test
    void aTargetThatReplacesTimestamps() throws Exception {
        backUp(Map.of());
        BROKER.createTopic("append-time", PARTITIONS, Map.of("message.timestamp.type", "LogAppendTime"));

        assertRefused(
                "append-time",
                "Topic append-time has message.timestamp.type=LogAppendTime, which replaces the timestamps of restored records: set it to CreateTime, or --allow append-time (the original timestamps are lost)");

        restore("append-time", allowing(Check.APPEND_TIME));
        assertThat(TARGET.timestamps(new TopicPartition("append-time", 0)))
                .hasSize(RECORDS)
                .allSatisfy(timestamp -> assertThat(timestamp).isGreaterThan(oldest + RECORDS));
    }

    @Test
    void aDryRunShowsEverythingThatSpeaksAgainstItAndARefusalSaysHowMuchMoreThereIs() throws Exception {
        backUp(Map.of());
        BROKER.createTopic(
                "all-wrong",
                PARTITIONS,
                Map.of("cleanup.policy", "compact", "message.timestamp.type", "LogAppendTime"));

        try (Restore restore = open(ProduceSettings.DEFAULT, "all-wrong")) {
            assertThat(restore.findings(plan(restore, "all-wrong"), TargetOptions.DEFAULT))
                    .extracting(Finding::check)
                    .containsExactlyInAnyOrder(Check.COMPACTION, Check.APPEND_TIME);
            assertThatThrownBy(() -> restore.prepare(plan(restore, "all-wrong")))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageEndingWith("; and 1 more, which --dry-run shows");
            assertThatThrownBy(() -> restore.prepare(plan(restore, "all-wrong"), allowing(Check.APPEND_TIME)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("--allow compaction");
        }
    }

    @Test
    void whereOneTopicIsRefusedNoOtherIsCreated() throws Exception {
        backUp(Map.of());
        TopicIncarnation payments = new TopicIncarnation("payments", Uuid.randomUuid());
        backup.segment(payments.partition(0), 0, 1, List.of(BackupFixture.record(0, oldest)));
        BROKER.createTopic("refused", PARTITIONS, Map.of("cleanup.policy", "compact"));

        try (Restore restore = open(ProduceSettings.DEFAULT, "refused")) {
            RestorePlan plan = restore.plan(List.of(
                    RestoreSelection.of("payments", "never-created"), RestoreSelection.of("orders", "refused")));
            assertThatThrownBy(() -> restore.prepare(plan)).isInstanceOf(RefusedException.class);
        }

        assertThat(BROKER.admin().listTopics().names().get())
                .contains("refused")
                .doesNotContain("never-created");
        assertThat(folder.resolve("restores")).doesNotExist();
    }
}
