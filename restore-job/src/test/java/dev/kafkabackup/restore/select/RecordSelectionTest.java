// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.segment.SegmentRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RecordSelectionTest {

    private static final TopicIdPartition ORDERS_3 =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 3, "orders");

    private static SegmentRecord record(long offset, long timestamp, @Nullable String key, String... headers) {
        RecordHeaders all = new RecordHeaders();
        for (int i = 0; i < headers.length; i += 2) {
            all.add(headers[i], bytes(headers[i + 1]));
        }
        return new SegmentRecord(
                offset,
                timestamp,
                timestamp < 0 ? TimestampType.NO_TIMESTAMP_TYPE : TimestampType.CREATE_TIME,
                0,
                key == null ? null : bytes(key),
                null,
                all);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean wants(RecordSelection selection, SegmentRecord record) {
        return RecordPredicate.of(ORDERS_3, selection, RecordSelectionTest.class.getClassLoader())
                .wants(record);
    }

    private static boolean meets(String condition, SegmentRecord record) {
        return wants(
                new RecordSelection(
                        TimeRange.UNBOUNDED, List.of(), Map.of(), Map.of(), List.of(Condition.parse(condition)), null),
                record);
    }

    private static RecordSelection filteredBy(String filterClass) {
        return new RecordSelection(TimeRange.UNBOUNDED, List.of(), Map.of(), Map.of(), List.of(), filterClass);
    }

    @Test
    void offsetsBoundOnlyTheirOwnPartition() {
        RecordSelection third = new RecordSelection(
                TimeRange.UNBOUNDED, List.of(), Map.of(3, new OffsetRange(10, 12)), Map.of(), List.of(), null);
        RecordSelection other = new RecordSelection(
                TimeRange.UNBOUNDED, List.of(), Map.of(4, new OffsetRange(10, 12)), Map.of(), List.of(), null);

        assertThat(wants(third, record(9, 0, null))).isFalse();
        assertThat(wants(third, record(10, 0, null))).isTrue();
        assertThat(wants(third, record(12, 0, null))).isFalse();
        assertThat(wants(other, record(9, 0, null))).isTrue();
    }

    @Test
    void whatIsSkippedIsLeftOutAndNothingElse() {
        RecordSelection selection = new RecordSelection(
                TimeRange.UNBOUNDED,
                List.of(new TimeRange(100, 200), new TimeRange(150, 300)),
                Map.of(),
                Map.of(3, List.of(new OffsetRange(5, 6), new OffsetRange(8, 10)), 4, List.of(new OffsetRange(0, 99))),
                List.of(),
                null);

        assertThat(List.of(99L, 100L, 299L, 300L))
                .filteredOn(timestamp -> wants(selection, record(1, timestamp, null)))
                .containsExactly(99L, 300L);
        assertThat(List.of(4L, 5L, 6L, 7L, 8L, 9L, 10L))
                .filteredOn(offset -> wants(selection, record(offset, 0, null)))
                .containsExactly(4L, 6L, 7L, 10L);
    }

    @Test
    void aRecordWithoutATimestampIsInNoTimeRangeSoThatNoSkippedTimeHidesIt() {
        assertThat(wants(RecordSelection.of(TimeRange.from(0)), record(1, -1, null)))
                .isFalse();
        assertThat(wants(
                        new RecordSelection(
                                TimeRange.UNBOUNDED, List.of(TimeRange.UNBOUNDED), Map.of(), Map.of(), List.of(), null),
                        record(1, -1, null)))
                .isTrue();
    }

    @Test
    void keysAreComparedAsAWhole() {
        assertThat(meets("key=abc", record(0, 0, "abc"))).isTrue();
        assertThat(meets("key=abc", record(0, 0, "abcd"))).isFalse();
        assertThat(meets("key=", record(0, 0, ""))).isTrue();
        assertThat(meets("key=", record(0, 0, null))).isFalse();
        assertThat(meets("key~a.*", record(0, 0, "ab\nc"))).isTrue();
        assertThat(meets("key~a", record(0, 0, "abc"))).isFalse();
        assertThat(meets("key~.*", record(0, 0, null))).isFalse();
    }

    @Test
    void theNegationIsMetByExactlyTheOthers() {
        assertThat(meets("key!=abc", record(0, 0, null))).isTrue();
        assertThat(meets("key!=abc", record(0, 0, "abc"))).isFalse();
        assertThat(meets("key!~a.*", record(0, 0, "b"))).isTrue();
        assertThat(meets("header:source!=web", record(0, 0, null))).isTrue();
        assertThat(meets("header:source!=web", record(0, 0, null, "source", "app", "source", "web")))
                .isFalse();
    }

    @Test
    void oneOfSeveralHeadersOfTheNameHasToMatch() {
        SegmentRecord record = record(0, 0, null, "source", "app", "source", "web", "other", "x");

        assertThat(meets("header:source=web", record)).isTrue();
        assertThat(meets("header:source=app", record)).isTrue();
        assertThat(meets("header:source~w.b", record)).isTrue();
        assertThat(meets("header:source=x", record)).isFalse();
        assertThat(meets("header:Source=web", record)).isFalse();
    }

    @Test
    void conditionsArePrintedAsTheyAreRead() {
        for (String text : List.of("key=a=b", "key!~.*~x", "header:a b=c", "header:x!=", "header:k~v=1")) {
            assertThat(Condition.parse(text)).hasToString(text);
        }
        assertThatThrownBy(() -> Condition.parse("value=1"))
                .hasMessage(
                        "'value=1' is not a condition like key=TEXT, key~REGEX, header:NAME=TEXT or header:NAME!~REGEX");
        assertThatThrownBy(() -> Condition.parse("key~(")).hasMessageStartingWith("'(' is not a regular expression");
    }

    @Test
    void aUsersFilterIsAskedLastAndSeesWhereTheRecordIsFrom() {
        assertThat(wants(filteredBy(EvenOffsetsOfOrders3.class.getName()), record(2, 0, null)))
                .isTrue();
        assertThat(wants(filteredBy(EvenOffsetsOfOrders3.class.getName()), record(3, 0, null)))
                .isFalse();
        RecordSelection noneLeft = new RecordSelection(
                TimeRange.from(10), List.of(), Map.of(), Map.of(), List.of(), Failing.class.getName());
        assertThat(wants(noneLeft, record(1, 9, null))).isFalse();
    }

    @Test
    void aFilterThatFailsOrCannotBeMadeSaysSo() {
        assertThatThrownBy(() -> wants(filteredBy(Failing.class.getName()), record(7, 0, null)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("failed at offset 7 of " + ORDERS_3)
                .hasMessageContaining("no such customer");
        assertThatThrownBy(() -> wants(filteredBy("com.example.Missing"), record(7, 0, null)))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("--filter-class com.example.Missing cannot be used")
                .hasMessageContaining("dev.kafkabackup.restore.select.RecordFilter");
        assertThatThrownBy(() -> wants(filteredBy("java.lang.Object"), record(7, 0, null)))
                .isInstanceOf(UsageException.class);
    }

    @Test
    void aSegmentIsOnlyLeftOutIfItCertainlyHoldsNothingWanted() {
        SegmentName segment = new SegmentName(new OffsetRange(100, 200), 0, 1_000, 2_000, 50, 1);
        RecordSelection skippedTime = new RecordSelection(
                TimeRange.UNBOUNDED, List.of(new TimeRange(0, 9_999)), Map.of(), Map.of(), List.of(), null);

        assertThat(RecordSelection.of(new TimeRange(2_001, 3_000)).mayBeIn(3, segment))
                .isFalse();
        assertThat(RecordSelection.of(new TimeRange(2_000, 2_001)).mayBeIn(3, segment))
                .isTrue();
        assertThat(skippedTime.mayBeIn(3, segment))
                .as("it may hold records without a timestamp")
                .isTrue();
        assertThat(skippingOffsets(100, 200).mayBeIn(3, segment)).isFalse();
        assertThat(skippingOffsets(100, 199).mayBeIn(3, segment)).isTrue();
        assertThat(skippingOffsets(100, 200).mayBeIn(4, segment)).isTrue();
        assertThat(fromOffset(200).mayBeIn(3, segment)).isFalse();
        assertThat(fromOffset(199).mayBeIn(3, segment)).isTrue();
    }

    @Test
    void theNumberOfRecordsIsOnlyCertainIfNothingOfTheSegmentIsLeftOut() {
        SegmentName segment = new SegmentName(new OffsetRange(100, 200), 0, 1_000, 2_000, 50, 1);

        assertThat(RecordSelection.ALL.wantsAllOf(3, segment)).isTrue();
        assertThat(RecordSelection.of(TimeRange.from(0)).wantsAllOf(3, segment)).isFalse();
        assertThat(fromOffset(100).wantsAllOf(3, segment)).isTrue();
        assertThat(fromOffset(101).wantsAllOf(3, segment)).isFalse();
        assertThat(skippingOffsets(0, 100).wantsAllOf(3, segment)).isTrue();
        assertThat(skippingOffsets(199, 300).wantsAllOf(3, segment)).isFalse();
        assertThat(filteredBy("any").wantsAllOf(3, segment)).isFalse();
    }

    private static RecordSelection skippingOffsets(long start, long end) {
        return new RecordSelection(
                TimeRange.UNBOUNDED,
                List.of(),
                Map.of(),
                Map.of(3, List.of(new OffsetRange(start, end))),
                List.of(),
                null);
    }

    private static RecordSelection fromOffset(long start) {
        return new RecordSelection(
                TimeRange.UNBOUNDED,
                List.of(),
                Map.of(3, new OffsetRange(start, Long.MAX_VALUE)),
                Map.of(),
                List.of(),
                null);
    }

    /** Wants every other record of one partition. */
    public static final class EvenOffsetsOfOrders3 implements RecordFilter {

        @Override
        public boolean wants(TopicIdPartition source, SegmentRecord record) {
            return source.equals(ORDERS_3) && record.offset() % 2 == 0;
        }
    }

    /** Never answers. */
    public static final class Failing implements RecordFilter {

        @Override
        public boolean wants(TopicIdPartition source, SegmentRecord record) {
            throw new IllegalStateException("no such customer");
        }
    }
}
