// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.parquet;

import java.io.EOFException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/** A Parquet file that was read whole into memory; objects of a backup are small enough, and one request beats many. */
public final class BytesInputFile implements InputFile {

    private final byte[] bytes;

    /** @param bytes the file; not copied, not to be changed */
    public BytesInputFile(byte[] bytes) {
        this.bytes = bytes;
    }

    @Override
    public long getLength() {
        return bytes.length;
    }

    @Override
    public SeekableInputStream newStream() {
        return new Seekable(new Stream(bytes));
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

        Seekable(Stream stream) {
            super(stream);
            this.stream = stream;
        }

        @Override
        public long getPos() {
            return stream.remaining.position();
        }

        @Override
        public void seek(long position) throws EOFException {
            if (position < 0 || position > stream.remaining.limit()) {
                throw new EOFException(
                        "Position " + position + " is outside of " + stream.remaining.limit() + " bytes");
            }
            stream.remaining.position((int) position);
        }
    }
}
