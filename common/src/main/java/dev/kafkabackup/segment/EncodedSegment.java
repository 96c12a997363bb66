// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.kafka.common.TopicIdPartition;

/** A sealed segment: complete in memory, with its final name, ready to be published. */
public final class EncodedSegment implements ObjectContent {

    /** Name, partition, queue. */
    private static final long OBJECTS_BYTES = 1024;

    private final TopicIdPartition partition;
    private final SegmentName name;
    private final BytesOutputFile file;

    EncodedSegment(TopicIdPartition partition, SegmentName name, BytesOutputFile file) {
        this.partition = partition;
        this.name = name;
        this.file = file;
    }

    /** Partition and incarnation whose records it holds. */
    public TopicIdPartition partition() {
        return partition;
    }

    /** The name to publish it under. */
    public SegmentName name() {
        return name;
    }

    @Override
    public long sizeBytes() {
        return file.sizeBytes();
    }

    /** About how many bytes of heap it occupies until it is published; more than its size. */
    public long heapBytes() {
        return OBJECTS_BYTES + file.heapBytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        file.writeTo(out);
    }

    @Override
    public String toString() {
        return partition + " " + name.range();
    }
}
