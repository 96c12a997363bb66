// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.storage.ObjectContent;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.kafka.common.TopicIdPartition;

/** A sealed segment: complete in memory, with its final name, ready to be published. */
public final class EncodedSegment implements ObjectContent {

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

    @Override
    public void writeTo(OutputStream out) throws IOException {
        file.writeTo(out);
    }

    @Override
    public String toString() {
        return partition + " " + name.range();
    }
}
