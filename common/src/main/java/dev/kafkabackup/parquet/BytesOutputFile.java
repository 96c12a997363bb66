// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.parquet;

import java.io.IOException;
import java.io.OutputStream;
import org.apache.parquet.bytes.CapacityByteArrayOutputStream;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/**
 * A Parquet file that is complete in memory before its object is opened, so that nothing half written can ever be
 * published. It grows in slabs: a large file is never copied to a larger array. Not thread safe.
 */
public final class BytesOutputFile implements OutputFile {

    private static final int FIRST_SLAB_BYTES = 4 * 1024;
    private static final int LARGEST_SLAB_BYTES = 1024 * 1024;

    private final CapacityByteArrayOutputStream bytes = new CapacityByteArrayOutputStream(
            FIRST_SLAB_BYTES, LARGEST_SLAB_BYTES, HeapByteBufferAllocator.getInstance());

    /** Number of bytes written so far. */
    public long sizeBytes() {
        return bytes.size();
    }

    /** Number of bytes of heap that are reserved for it; as many as were written, or more. */
    public long heapBytes() {
        return bytes.getCapacity();
    }

    /** Writes all bytes to the stream and leaves it open. */
    public void writeTo(OutputStream out) throws IOException {
        bytes.writeTo(out);
    }

    /** Replaces bytes that were written before, in place. */
    void overwrite(long position, byte[] replacement) {
        for (int i = 0; i < replacement.length; i++) {
            bytes.setByte(position + i, replacement[i]);
        }
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) {
        return new PositionOutputStream() {
            @Override
            public long getPos() {
                return bytes.size();
            }

            @Override
            public void write(int value) {
                bytes.write(value);
            }

            @Override
            public void write(byte[] source, int offset, int length) {
                bytes.write(source, offset, length);
            }
        };
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
        return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }
}
