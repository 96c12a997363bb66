// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.parquet;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Compresses and decompresses Parquet pages with zstd. Parquet's own factory goes through Hadoop's codec classes, which
 * would bring most of Hadoop onto the class path. Pages lie on the heap, as Parquet allocates them unless told
 * otherwise. One factory serves one file; not thread safe.
 *
 * <p>Contexts hold memory outside of the heap that nothing but {@code close} gives back, so each lives for one page
 * only: a file that is dropped half-way leaks nothing, and many open files hold nothing.
 */
public final class ZstdCodecFactory implements CompressionCodecFactory {

    /** Trades CPU for size well for typical payloads; also zstd's own default. */
    public static final int DEFAULT_LEVEL = 3;

    private final Compressor compressor;
    private final boolean reusesPages;

    /** @param level compression level, 1 (fast) to 22 (small); irrelevant for reading */
    public ZstdCodecFactory(int level) {
        this(level, false);
    }

    private ZstdCodecFactory(int level, boolean reusesPages) {
        this.compressor = new Compressor(level);
        this.reusesPages = reusesPages;
    }

    /**
     * For a reader that keeps nothing of a page when it goes on to the next one of the column: all of them are
     * decompressed into the same array.
     */
    public static ZstdCodecFactory reusingPages() {
        return new ZstdCodecFactory(DEFAULT_LEVEL, true);
    }

    @Override
    public BytesInputCompressor getCompressor(CompressionCodecName codec) {
        requireZstd(codec);
        return compressor;
    }

    @Override
    public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
        requireZstd(codec);
        return new Decompressor(reusesPages);
    }

    private static void requireZstd(CompressionCodecName codec) {
        if (codec != CompressionCodecName.ZSTD) {
            throw new IllegalArgumentException("Pages of a backup are compressed with ZSTD, not with " + codec);
        }
    }

    /** The page's bytes in one array, without a copy where they already are. */
    private static ByteBuffer onHeap(BytesInput page) {
        return page.toByteBuffer(HeapByteBufferAllocator.getInstance(), garbageCollected -> {});
    }

    @Override
    public void release() {
        // nothing outlives a page
    }

    private static final class Compressor implements BytesInputCompressor {

        /** One array for all pages of a thread: a new one for each would have to be cleared, and be garbage at once. */
        private static final ThreadLocal<byte[]> TARGET = ThreadLocal.withInitial(() -> new byte[0]);

        /** Most pages are of 1 MiB and less; those that hold a larger record are few. */
        private static final int LARGEST_TARGET_BYTES = 2 * 1024 * 1024;

        private final int level;

        Compressor(int level) {
            this.level = level;
        }

        @Override
        public BytesInput compress(BytesInput page) throws IOException {
            ByteBuffer source = onHeap(page);
            byte[] target = target(Math.toIntExact(Zstd.compressBound(source.remaining())));
            try (ZstdCompressCtx context = new ZstdCompressCtx()) {
                int size = context.setLevel(level)
                        .compressByteArray(
                                target,
                                0,
                                target.length,
                                source.array(),
                                source.arrayOffset() + source.position(),
                                source.remaining());
                return BytesInput.from(Arrays.copyOf(target, size));
            }
        }

        private static byte[] target(int bytes) {
            if (bytes > LARGEST_TARGET_BYTES) {
                return new byte[bytes];
            }
            byte[] target = TARGET.get();
            if (target.length < bytes) {
                target = new byte[bytes];
                TARGET.set(target);
            }
            return target;
        }

        @Override
        public CompressionCodecName getCodecName() {
            return CompressionCodecName.ZSTD;
        }

        @Override
        public void release() {
            // nothing outlives a page
        }

        @Override
        public String toString() {
            return "zstd level " + level;
        }
    }

    /** For the pages of one column. */
    private static final class Decompressor implements BytesInputDecompressor {

        private final boolean reusesPages;
        private boolean hasBegun;
        private byte[] reused = {};

        Decompressor(boolean reusesPages) {
            this.reusesPages = reusesPages;
        }

        @Override
        public BytesInput decompress(BytesInput page, int decompressedSize) throws IOException {
            return BytesInput.from(decompress(onHeap(page), decompressedSize), 0, decompressedSize);
        }

        @Override
        public void decompress(ByteBuffer input, int compressedSize, ByteBuffer output, int decompressedSize)
                throws IOException {
            output.put(
                    decompress(input.slice(input.position(), compressedSize), decompressedSize), 0, decompressedSize);
            input.position(input.position() + compressedSize);
        }

        /** The page begins where the array does. */
        private byte[] decompress(ByteBuffer source, int decompressedSize) throws IOException {
            int from = source.arrayOffset() + source.position();
            // a damaged page header may claim any size: believe only what the compressed frame says as well
            if (Zstd.getFrameContentSize(source.array(), from, source.remaining()) != decompressedSize) {
                throw new IOException("A page does not hold the " + decompressedSize + " bytes that its header says");
            }
            byte[] page = target(decompressedSize);
            try (ZstdDecompressCtx context = new ZstdDecompressCtx()) {
                int size = context.decompressByteArray(
                        page, 0, decompressedSize, source.array(), from, source.remaining());
                if (size != decompressedSize) {
                    throw new IOException("A page holds " + size + " bytes instead of " + decompressedSize);
                }
            } catch (ZstdException e) {
                throw new IOException("A page cannot be decompressed: " + e.getMessage(), e);
            }
            return page;
        }

        /** A dictionary comes before all other pages, and is needed until the last of them. */
        private byte[] target(int decompressedSize) {
            if (!reusesPages || !hasBegun) {
                hasBegun = true;
                return new byte[decompressedSize];
            }
            if (reused.length < decompressedSize) {
                reused = new byte[decompressedSize];
            }
            return reused;
        }

        @Override
        public void release() {
            // nothing outlives a page
        }
    }
}
