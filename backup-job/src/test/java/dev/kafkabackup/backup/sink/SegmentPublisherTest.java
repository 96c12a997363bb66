// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RepeatedWarning;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentWriter;
import dev.kafkabackup.testing.CapturedLog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.testutils.MetricListener;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SegmentPublisherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Uuid ORDERS = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private final UnreliableStorage storage = new UnreliableStorage();
    private final MetricListener metrics = new MetricListener();
    private final Counter sentRecords = new SimpleCounter();
    private final Counter sentBytes = new SimpleCounter();
    private final AtomicLong now = new AtomicLong();
    private final SegmentPublisher publisher = new SegmentPublisher(
            storage,
            2,
            new PublisherMetrics(metrics.getMetricGroup(), sentRecords, sentBytes, System::nanoTime),
            segment -> {},
            new RepeatedWarning(now::get));

    @AfterEach
    void closePublisher() {
        storage.letThrough();
        publisher.close();
    }

    @Test
    void segmentsOfAPartitionArePublishedInTheirOrderWhateverFails() throws Exception {
        List<EncodedSegment> segments =
                Stream.of(0, 10, 20, 30).map(start -> segment(0, start)).toList();
        storage.failNext(2);

        segments.forEach(publisher::publish);

        assertThat(publisher.awaitAll(PATIENCE)).isTrue();
        assertThat(storage.attempts()).isEqualTo(6);
        assertThat(storage.published())
                .containsExactlyElementsOf(
                        segments.stream().map(SegmentPublisherTest::path).toList());
        assertThat(publisher.waitingBytes()).isZero();
        assertThat(sentRecords.getCount())
                .as("each segment counts once")
                .isEqualTo(segments.stream()
                        .mapToLong(segment -> segment.name().records())
                        .sum());
        assertThat(sentBytes.getCount())
                .isEqualTo(
                        segments.stream().mapToLong(EncodedSegment::sizeBytes).sum());
    }

    @Test
    void aPartitionHasOneUploadUnderWayAndOthersAreNotHeldUpByIt() {
        storage.block();
        publisher.publish(segment(0, 0));
        publisher.publish(segment(0, 10));
        publisher.publish(segment(1, 0));

        await().until(() -> storage.attempts() == 2);
        storage.letThrough();

        await().until(() -> storage.published().size() == 3);
        assertThat(storage.published())
                .containsSubsequence(path(segment(0, 0)), path(segment(0, 10)))
                .contains(path(segment(1, 0)));
    }

    @Test
    void aFailedUploadDoesNotOccupyAThreadWhileItWaits() {
        EncodedSegment failing = segment(0, 0);
        EncodedSegment other = segment(1, 0);
        storage.failNext(1);
        publisher.publish(failing);
        await().until(() -> storage.attempts() == 1);

        publisher.publish(other);

        await().until(() -> storage.published().size() == 2);
        assertThat(storage.published()).containsExactly(path(other), path(failing));
    }

    @Test
    void whoeverWaitsIsToldThatTheTimeIsOver() throws Exception {
        storage.block();
        publisher.publish(segment(0, 0));

        assertThat(publisher.awaitAll(Duration.ofMillis(20))).isFalse();
        assertThat(publisher.waitingBytes()).isPositive();
    }

    @Test
    void closingGivesUpWhatIsNotPublished() {
        storage.failNext(Integer.MAX_VALUE);
        publisher.publish(segment(0, 0));
        publisher.publish(segment(0, 10));
        await().until(() -> storage.attempts() >= 1);

        publisher.close();

        assertThat(storage.isClosed()).isTrue();
        assertThat(storage.published()).isEmpty();
    }

    @Test
    void uploadsOfSeveralPartitionsRunAtTheSameTimeButNoMoreThanAllowed() throws Exception {
        storage.block();
        for (int partition = 0; partition < 10; partition++) {
            publisher.publish(segment(partition, 0));
            publisher.publish(segment(partition, 10));
        }
        await().until(() -> storage.attempts() == 2);
        storage.letThrough();

        assertThat(publisher.awaitAll(PATIENCE)).isTrue();
        assertThat(storage.published()).hasSize(20);
        assertThat(storage.mostAtATime()).isEqualTo(2);
        assertThat(storage.mostInAFolder()).isEqualTo(1);
    }

    @Test
    void storageThatFailsIsToldOfOnceAMinuteHoweverManyAttemptsFail() throws Exception {
        storage.failNext(Integer.MAX_VALUE);
        try (CapturedLog log = CapturedLog.of(SegmentPublisher.class)) {
            for (int partition = 0; partition < 10; partition++) {
                publisher.publish(segment(partition, 0));
            }
            await().until(() -> failures("uploadFailures") >= 15);
            assertThat(log.warnings()).singleElement().asString().contains("1 uploads failed", "told to fail");

            now.addAndGet(Duration.ofMinutes(1).toNanos());
            long before = failures("uploadFailures");
            await().until(() -> failures("uploadFailures") > before);
            assertThat(log.warnings()).hasSize(2);
            assertThat(log.warnings().get(1)).containsPattern("1[4-9] uploads failed|[2-9]\\d uploads failed");

            storage.failNext(0);
            assertThat(publisher.awaitAll(PATIENCE)).isTrue();
        }
        assertThat(storage.published()).hasSize(10);
    }

    @Test
    void whatWaitsAndWhyUploadsFailAreMetrics() throws Exception {
        storage.failNext(3);
        storage.block();
        for (int partition = 0; partition < 3; partition++) {
            publisher.publish(segment(partition, 0));
        }
        assertThat(metrics.<Long>getGauge("waitingBytes").orElseThrow().getValue())
                .isEqualTo(publisher.waitingBytes())
                .isPositive();
        storage.letThrough();
        assertThat(publisher.awaitAll(PATIENCE)).isTrue();

        assertThat(failures("uploadFailures")).isEqualTo(3);
        assertThat(failures("reason", "unreachable", "uploadFailures")).isEqualTo(3);
        assertThat(failures("reason", "timeout", "uploadFailures")).isZero();
        assertThat(metrics.<Long>getGauge("waitingBytes").orElseThrow().getValue())
                .isZero();
    }

    private long failures(String... counter) {
        return metrics.getCounter(counter).orElseThrow().getCount();
    }

    private static EncodedSegment segment(int partition, long startOffset) {
        SegmentWriter writer =
                new SegmentWriter("cluster", new TopicIdPartition(ORDERS, partition, "orders"), startOffset, 3);
        writer.advanceTo(startOffset + 10, 0);
        return writer.seal();
    }

    private static String path(EncodedSegment segment) {
        return BackupLayout.segment(segment.partition(), segment.name());
    }
}
