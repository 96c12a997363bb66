// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Keys, values and headers of a pool as a backup has them: compressed with zstd, about a MiB at a time. Safe for use by
 * many threads, which decompress with a {@link Reader} each.
 */
final class CompressedPool {

    private static final int CHUNK_BYTES = 1 << 20;

    /** More than the caches of a processor hold. */
    private static final int CHUNKS = 64;

    private final List<Chunk> chunks;

    private CompressedPool(List<Chunk> chunks) {
        this.chunks = chunks;
    }

    /**
     * Compresses records of the pool.
     *
     * @param level of zstd
     */
    static CompressedPool of(RecordPool pool, int level) {
        List<Chunk> chunks = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (long index = 0; chunks.size() < CHUNKS; index++) {
            ProducerRecord<byte[], byte[]> record = pool.record("", 0, index);
            bytes.writeBytes(record.key());
            bytes.writeBytes(record.value());
            for (Header header : record.headers()) {
                bytes.writeBytes(header.value());
            }
            if (bytes.size() >= CHUNK_BYTES) {
                chunks.add(new Chunk(Zstd.compress(bytes.toByteArray(), level), bytes.size()));
                bytes.reset();
            }
        }
        return new CompressedPool(List.copyOf(chunks));
    }

    /** Begins to read. */
    Reader reader() {
        return new Reader(chunks);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Chunk(byte[] compressed, int size) {}

    /** Decompresses chunk after chunk into the same array, and begins again after the last one. */
    static final class Reader implements AutoCloseable {

        private final ZstdDecompressCtx context = new ZstdDecompressCtx();
        private final List<Chunk> chunks;
        private byte[] bytes = {};
        private long read;
        private int next;
        private long ahead;

        private Reader(List<Chunk> chunks) {
            this.chunks = chunks;
        }

        /**
         * Takes bytes out of what was decompressed, and decompresses more if that is not enough.
         *
         * @param count as a record has them, 0 or more
         */
        void take(long count) {
            ahead -= count;
            while (ahead < 0) {
                Chunk chunk = chunks.get(next);
                next = (next + 1) % chunks.size();
                if (bytes.length < chunk.size()) {
                    bytes = new byte[chunk.size()];
                }
                int size = context.decompressByteArray(
                        bytes, 0, chunk.size(), chunk.compressed(), 0, chunk.compressed().length);
                ahead += size;
                read += size;
            }
        }

        /** Bytes that were decompressed so far. */
        long bytesRead() {
            return read;
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
