// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.micro;

import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.RecordPool;
import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.segment.EncodedSegment;
import dev.kafkabackup.segment.SegmentReader;
import dev.kafkabackup.segment.SegmentRecord;
import dev.kafkabackup.segment.SegmentWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A segment of about 16 MB of records, written and read in memory. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@Fork(
        value = 1,
        jvmArgs = {"-Xmx1g", "-XX:+UseParallelGC"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class SegmentLoop {

    private static final int BYTES = 16_000_000;
    private static final int ZSTD_LEVEL = 3;
    private static final TopicIdPartition PARTITION =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");

    /** Shape of the records. */
    @Param({"JSON_1K", "SMALL_100B", "LARGE_100K"})
    public Profile profile = Profile.JSON_1K;

    private List<SegmentRecord> records = List.of();
    private EncodedSegment segment = encode();
    private byte[] object = {};

    /** Makes the records, and the segment that is read. */
    @Setup
    public void setUp() throws IOException {
        RecordPool pool = RecordPool.of(profile);
        List<SegmentRecord> made = new ArrayList<>();
        long bytes = 0;
        for (long offset = 0; bytes < BYTES; offset++) {
            ProducerRecord<byte[], byte[]> record = pool.record(PARTITION.topic(), PARTITION.partition(), offset);
            bytes += RecordPool.bytes(record.key(), record.value(), record.headers());
            made.add(new SegmentRecord(
                    offset,
                    record.timestamp(),
                    TimestampType.CREATE_TIME,
                    0,
                    record.key(),
                    record.value(),
                    new RecordHeaders(record.headers())));
        }
        records = made;
        segment = encode();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        segment.writeTo(out);
        object = out.toByteArray();
    }

    /** Writes and seals it. */
    @Benchmark
    public final EncodedSegment encode() {
        SegmentWriter writer = new SegmentWriter("cluster", PARTITION, 0, ZSTD_LEVEL);
        records.forEach(writer::append);
        writer.advanceTo(Math.max(1, writer.endOffset()), 0);
        return writer.seal();
    }

    /** Reads it with all checks. */
    @Benchmark
    public long decode() {
        long offsets = 0;
        try (SegmentReader reader = SegmentReader.open(
                BackupLayout.segment(PARTITION, segment.name()), PARTITION, segment.name(), object)) {
            while (reader.hasNext()) {
                offsets += reader.next().offset();
            }
        }
        return offsets;
    }
}
