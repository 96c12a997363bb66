// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.segment.SegmentRecord;
import java.util.List;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class FetchAllowanceTest {

    private static final long MEBIBYTE = 1 << 20;
    private static final TopicIdPartition ORDERS_0 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    private static final RecordHeaders HEADERS = new RecordHeaders();

    private final FetchAllowance allowance = new FetchAllowance(1_000);

    @Test
    void whatWasFetchedCountsUntilItIsProcessed() {
        RecordsWithSplitIds<PartitionBatch> first = allowance.take(fetched(), 600);
        assertThat(allowance.isUsedUp()).isFalse();

        RecordsWithSplitIds<PartitionBatch> second = allowance.take(fetched(), 600);
        assertThat(allowance.isUsedUp()).isTrue();

        first.recycle();
        assertThat(allowance.isUsedUp()).isFalse();
        second.recycle();
    }

    @Test
    void whatWasGivenBackIsNotGivenBackAgain() {
        RecordsWithSplitIds<PartitionBatch> first = allowance.take(fetched(), 600);
        allowance.take(fetched(), 600);
        allowance.take(fetched(), 600);

        first.recycle();
        first.recycle();

        assertThat(allowance.isUsedUp()).isTrue();
    }

    @Test
    void theBatchesThemselvesPassAsTheyAre() {
        RecordsWithSplitIds<PartitionBatch> taken = allowance.take(fetched(), 1);

        assertThat(taken.nextSplit()).isEqualTo("split");
        assertThat(taken.nextRecordFromSplit()).isEqualTo(batch());
        assertThat(taken.nextRecordFromSplit()).isNull();
        assertThat(taken.nextSplit()).isNull();
        assertThat(taken.finishedSplits()).containsExactly("ended");
    }

    @Test
    void recordsWithoutPayloadUseItToo() {
        assertThat(FetchAllowance.bytes(batch())).isBetween(100L, 1_000L);
    }

    @Test
    void theShareOfASubtaskIsSmallAndNeitherTinyNorHuge() {
        assertThat(BackupSourceReader.fetchBytes(1024 * MEBIBYTE, 4)).isEqualTo((int) (8 * MEBIBYTE));
        assertThat(BackupSourceReader.fetchBytes(64 * MEBIBYTE, 16)).isEqualTo((int) MEBIBYTE);
        assertThat(BackupSourceReader.fetchBytes(64 * 1024 * MEBIBYTE, 1)).isEqualTo((int) (16 * MEBIBYTE));
    }

    private static RecordsWithSplitIds<PartitionBatch> fetched() {
        RecordsBySplits.Builder<PartitionBatch> fetched = new RecordsBySplits.Builder<>();
        fetched.add("split", batch());
        fetched.addFinishedSplit("ended");
        return fetched.build();
    }

    private static PartitionBatch batch() {
        return new PartitionBatch(
                ORDERS_0, 0, 1, 0, List.of(new SegmentRecord(0, 0, TimestampType.CREATE_TIME, 0, null, null, HEADERS)));
    }
}
