// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.parquet;

import java.io.EOFException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.parquet.bytes.ByteBufferAllocator;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.ParquetFileRange;
import org.apache.parquet.io.SeekableInputStream;

/** A Parquet file that was read whole into memory; objects of a backup are small enough, and one request beats many. */
public final class BytesInputFile implements InputFile {

    private final byte[] bytes;
    private final long missing;

    /** @param bytes the file; not copied, not to be changed */
    public BytesInputFile(byte[] bytes) {
        this(bytes, 0);
    }

    private BytesInputFile(byte[] bytes, long missing) {
        this.bytes = bytes;
        this.missing = missing;
    }

    /**
     * The end of a file; whoever looks before it gets an {@link EOFException}.
     *
     * @param tail the last bytes of the file; not copied, not to be changed
     * @param sizeBytes size of the file, at least that of its end
     */
    public static BytesInputFile endingWith(byte[] tail, long sizeBytes) {
        if (tail.length > sizeBytes) {
            throw new IllegalArgumentException(
                    "A file of " + sizeBytes + " bytes cannot end with " + tail.length + " bytes");
        }
        return new BytesInputFile(tail, sizeBytes - tail.length);
    }

    @Override
    public long getLength() {
        return missing + bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
        return new Seekable(new Stream(bytes), missing);
    }

    /** {@link java.io.ByteArrayInputStream} cannot be positioned from outside. */
    private static final class Stream extends InputStream {

        private final ByteBuffer remaining;

        Stream(byte[] bytes) {
            this.remaining = ByteBuffer.wrap(bytes);
        }

        @Override
        public int read() {
            return remaining.hasRemaining() ? remaining.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (length == 0) {
                return 0;
            }
            if (!remaining.hasRemaining()) {
                return -1;
            }
            int count = Math.min(length, remaining.remaining());
            remaining.get(target, offset, count);
            return count;
        }
    }

    private static final class Seekable extends DelegatingSeekableInputStream {

        private final Stream stream;
        private final long missing;

        Seekable(Stream stream, long missing) {
            super(stream);
            this.stream = stream;
            this.missing = missing;
        }

        @Override
        public long getPos() {
            return missing + stream.remaining.position();
        }

        @Override
        public void seek(long position) throws EOFException {
            if (position < missing || position - missing > stream.remaining.limit()) {
                throw new EOFException("Position %d is outside of the bytes from %d to %d"
                        .formatted(position, missing, missing + stream.remaining.limit()));
            }
            stream.remaining.position((int) (position - missing));
        }

        @Override
        public boolean readVectoredAvailable(ByteBufferAllocator allocator) {
            return true;
        }

        /** Gives the ranges where they are: the bytes are in memory already, and nobody changes them. */
        @Override
        public void readVectored(List<ParquetFileRange> ranges, ByteBufferAllocator allocator) throws EOFException {
            for (ParquetFileRange range : ranges) {
                seek(range.getOffset());
                if (stream.remaining.remaining() < range.getLength()) {
                    throw new EOFException("The file ends at %d, before the %d bytes at %d"
                            .formatted(missing + stream.remaining.limit(), range.getLength(), range.getOffset()));
                }
                range.setDataReadFuture(CompletableFuture.completedFuture(
                        stream.remaining.slice(stream.remaining.position(), range.getLength())));
            }
        }
    }
}
