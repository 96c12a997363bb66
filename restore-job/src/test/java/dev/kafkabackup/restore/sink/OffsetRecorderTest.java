// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.offset.OffsetMapRun;
import java.io.IOException;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class OffsetRecorderTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicIdPartition SOURCE_0 = new TopicIdPartition(TOPIC_ID, 0, "orders");
    private static final TopicIdPartition SOURCE_1 = new TopicIdPartition(TOPIC_ID, 1, "orders");
    private static final TopicIdPartition NEWER_0 =
            new TopicIdPartition(Uuid.fromString("hT9kPr0QTqeDpXyzLWqZ9A"), 0, "orders");
    private static final TopicPartition TARGET_0 = new TopicPartition("restored", 0);
    private static final TopicPartition TARGET_1 = new TopicPartition("restored", 1);

    private final OffsetRecorder recorder = new OffsetRecorder();

    private static RecordMetadata answer(TopicPartition partition, long offset) {
        return new RecordMetadata(partition, offset, 0, 0L, 0, 0);
    }

    private void sent(long... offsets) throws InterruptedException {
        for (long offset : offsets) {
            recorder.sent(SOURCE_0, offset, 1, TARGET_0);
        }
    }

    private void answered(long... offsets) {
        for (long offset : offsets) {
            recorder.accept(answer(TARGET_0, offset));
        }
    }

    @Test
    void consecutiveOffsetsOnBothSidesAreOneRun() throws Exception {
        sent(100, 101, 102);
        answered(5, 6, 7);

        assertThat(recorder.takeRuns()).containsExactly(new OffsetMapRun(SOURCE_0, 100, TARGET_0, 5, 3));
    }

    @Test
    void aHoleOnEitherSideBeginsARun() throws Exception {
        sent(100, 101, 105, 106);
        answered(5, 7, 8, 9);

        assertThat(recorder.takeRuns())
                .containsExactly(
                        new OffsetMapRun(SOURCE_0, 100, TARGET_0, 5, 1),
                        new OffsetMapRun(SOURCE_0, 101, TARGET_0, 7, 1),
                        new OffsetMapRun(SOURCE_0, 105, TARGET_0, 8, 2));
    }

    @Test
    void partitionsAreKeptApartWhateverTheOrderOfAnswers() throws Exception {
        sent(1);
        recorder.sent(SOURCE_1, 50, 1, TARGET_1);
        sent(2);
        recorder.accept(answer(TARGET_1, 0));
        answered(10, 11);

        assertThat(recorder.takeRuns())
                .containsExactlyInAnyOrder(
                        new OffsetMapRun(SOURCE_0, 1, TARGET_0, 10, 2), new OffsetMapRun(SOURCE_1, 50, TARGET_1, 0, 1));
    }

    @Test
    void manyRecordsMayWaitForTheirAnswers() throws Exception {
        for (long base = 0; base < 30_000; base += 10_000) {
            for (long offset = 0; offset < 5_000; offset++) {
                sent(base + offset);
                if (offset % 3 == 0) {
                    answered(base + offset / 3);
                }
            }
            for (long offset = 1_667; offset < 5_000; offset++) {
                answered(base + offset);
            }
            assertThat(recorder.takeRuns()).containsExactly(new OffsetMapRun(SOURCE_0, base, TARGET_0, base, 5_000));
        }
    }

    @Test
    void runsAreTakenOnce() throws Exception {
        sent(1);
        answered(1);
        recorder.takeRuns();

        assertThat(recorder.takeRuns()).isEmpty();
    }

    @Test
    void aFailedSendIsNoEntryAndIsNotForgotten() throws Exception {
        sent(1, 2);
        answered(1);
        recorder.accept(new RecordMetadata(TARGET_0, -1, -1, -1, -1, -1));

        assertThatThrownBy(recorder::takeRuns)
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "The offset map would not be exact: the record at offset 2 of MWJ6FHTfRYy67jzwZdeqSQ:orders-0 was not accepted by restored-0");
    }

    @Test
    void aMissingAnswerIsNotForgotten() throws Exception {
        sent(1, 2);
        answered(1);

        assertThatThrownBy(recorder::takeRuns)
                .isInstanceOf(IOException.class)
                .hasMessage("The offset map would not be exact: Kafka has not answered for 1 records");
    }

    @Test
    void anAnswerToNothingAndOneThatGoesBackAreNotForgotten() throws Exception {
        answered(7);
        assertThatThrownBy(recorder::takeRuns).hasMessageContaining("a record that was not sent");

        OffsetRecorder other = new OffsetRecorder();
        other.sent(SOURCE_0, 1, 1, TARGET_0);
        other.sent(SOURCE_0, 2, 1, TARGET_0);
        other.accept(answer(TARGET_0, 7));
        other.accept(answer(TARGET_0, 3));
        assertThatThrownBy(other::takeRuns).hasMessageContaining("does not follow the one before");
    }

    @Test
    void sourcesThatFollowOneAnotherAreMappedEachUnderItsOwnName() throws Exception {
        sent(8, 9);
        recorder.sent(NEWER_0, 10, 1, TARGET_0);
        answered(5, 6);
        recorder.sent(NEWER_0, 11, 1, TARGET_0);
        answered(7, 8);

        assertThat(recorder.takeRuns())
                .containsExactly(
                        new OffsetMapRun(SOURCE_0, 8, TARGET_0, 5, 2), new OffsetMapRun(NEWER_0, 10, TARGET_0, 7, 2));
    }

    @Test
    void moreThanIsAllowedToBeOnItsWayWaitsUntilHalfOfItIsAnswered() throws Exception {
        OffsetRecorder bounded = new OffsetRecorder(100);
        for (int offset = 0; offset < 10; offset++) {
            bounded.sent(SOURCE_0, offset, 10, TARGET_0);
        }

        Thread sender = sending(bounded, 10, 10);
        await("the record to wait").until(() -> sender.getState() == Thread.State.WAITING);
        for (int offset = 0; offset < 5; offset++) {
            bounded.accept(answer(TARGET_0, offset));
        }

        sender.join();
        for (int offset = 5; offset < 11; offset++) {
            bounded.accept(answer(TARGET_0, offset));
        }
        assertThat(bounded.takeRuns()).containsExactly(new OffsetMapRun(SOURCE_0, 0, TARGET_0, 0, 11));
    }

    @Test
    void aRecordThatIsLargerThanAllThatIsAllowedIsSentAlone() throws Exception {
        OffsetRecorder bounded = new OffsetRecorder(100);
        bounded.sent(SOURCE_0, 0, 20, TARGET_0);
        bounded.sent(SOURCE_0, 1, 20, TARGET_0);

        Thread sender = sending(bounded, 2, 1_000);
        await("the record to wait").until(() -> sender.getState() == Thread.State.WAITING);
        bounded.accept(answer(TARGET_0, 0));
        await("the record to wait on").until(() -> sender.getState() == Thread.State.WAITING);
        bounded.accept(answer(TARGET_0, 1));

        sender.join();
        bounded.accept(answer(TARGET_0, 2));
        assertThat(bounded.takeRuns()).containsExactly(new OffsetMapRun(SOURCE_0, 0, TARGET_0, 0, 3));
    }

    @Test
    void nobodyWaitsBehindARecordThatWasNotAccepted() throws Exception {
        OffsetRecorder bounded = new OffsetRecorder(100);
        bounded.sent(SOURCE_0, 0, 60, TARGET_0);
        bounded.sent(SOURCE_0, 1, 40, TARGET_0);

        Thread sender = sending(bounded, 2, 60);
        await("the record to wait").until(() -> sender.getState() == Thread.State.WAITING);
        bounded.accept(new RecordMetadata(TARGET_0, -1, -1, -1, -1, -1));

        sender.join();
        assertThatThrownBy(bounded::takeRuns).hasMessageContaining("was not accepted");
    }

    private static Thread sending(OffsetRecorder recorder, long offset, long bytes) {
        Thread thread = new Thread(() -> {
            try {
                recorder.sent(SOURCE_0, offset, bytes, TARGET_0);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
