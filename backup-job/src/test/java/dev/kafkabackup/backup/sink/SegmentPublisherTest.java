// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentWriter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SegmentPublisherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Uuid ORDERS = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private final MemoryStorage storage = new MemoryStorage();
    private final SegmentPublisher publisher = new SegmentPublisher(
            storage, 2, new PublisherMetrics(UnregisteredMetricsGroup.createSinkWriterMetricGroup()));

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
