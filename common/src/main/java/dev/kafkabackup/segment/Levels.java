// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.parquet.bytes.BytesUtils;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.jspecify.annotations.Nullable;

/** The repetition or the definition levels of one page. Not thread safe. */
final class Levels {

    private static final int FIRST_BYTES = 64;
    private static final int EXPECTED_BYTES = 8 * 1024;

    /** Null where every value has level 0: such levels are not stored. */
    private final @Nullable RunLengthBitPackingHybridEncoder encoder;

    /** @param highest level of a value that is there; 0 or more */
    Levels(int highest) {
        encoder = highest == 0
                ? null
                : new RunLengthBitPackingHybridEncoder(
                        BytesUtils.getWidthFromMaxInt(highest),
                        FIRST_BYTES,
                        EXPECTED_BYTES,
                        HeapByteBufferAllocator.getInstance());
    }

    void write(int level) throws IOException {
        if (encoder != null) {
            encoder.writeInt(level);
        }
    }

    /** All of them, as a page begins with them; empty if they are not stored. Not to be called twice for one page. */
    ByteBuffer encoded() throws IOException {
        if (encoder == null) {
            return ByteBuffer.allocate(0);
        }
        ByteBuffer levels =
                encoder.toBytes().toByteBuffer(HeapByteBufferAllocator.getInstance(), garbageCollected -> {});
        return ByteBuffer.allocate(Integer.BYTES + levels.remaining())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(levels.remaining())
                .put(levels)
                .flip();
    }

    void reset() {
        if (encoder != null) {
            encoder.reset();
        }
    }

    /** Without those that wait for their run to end. */
    long sizeBytes() {
        return encoder == null ? 0 : encoder.getBufferedSize();
    }

    long heapBytes() {
        return encoder == null ? 0 : encoder.getAllocatedSize();
    }
}
