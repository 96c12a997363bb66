// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of the records of one partition to tell whether others are the same. Not thread safe.
 *
 * <p>The sum does not depend on the order in which records are added and includes their offsets; the chain depends on
 * the order and does not include offsets, for records that were produced again elsewhere.
 */
public final class Fingerprint {

    /**
     * The result.
     *
     * @param records how many
     * @param bytes of keys, values and headers
     * @param sum over records with their offsets, in any order
     * @param chain over records without their offsets, in order
     */
    public record Of(long records, long bytes, long sum, long chain) {

        /** Nothing at all. */
        public static final Of NOTHING = new Of(0, 0, 0, 0);

        /** Whether both saw the same records at the same offsets, in whatever order. */
        public boolean sameAtOffsets(Of other) {
            return records == other.records && bytes == other.bytes && sum == other.sum;
        }

        /** Whether both saw the same records in the same order, wherever they were. */
        public boolean sameInOrder(Of other) {
            return records == other.records && bytes == other.bytes && chain == other.chain;
        }

        /** Both together, as far as order plays no role; the chain is lost. */
        public Of plus(Of other) {
            return new Of(records + other.records, bytes + other.bytes, sum + other.sum, 0);
        }
    }

    private final int partition;
    private final CRC32 crc32 = new CRC32();
    private final CRC32C crc32c = new CRC32C();
    private long records;
    private long bytes;
    private long sum;
    private long chain;

    /** @param partition goes into the sum */
    public Fingerprint(int partition) {
        this.partition = partition;
    }

    /** Begins a record. Its parts follow in the order key, value, headers; {@link #end} ends it. */
    public void begin(@Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        crc32.reset();
        crc32c.reset();
        add(key);
        add(value);
    }

    /** The next header. */
    public void header(String key, @Nullable ByteBuffer value) {
        add(ByteBuffer.wrap(key.getBytes(StandardCharsets.UTF_8)));
        add(value);
    }

    /** Ends the record. */
    public void end(long offset, long timestamp) {
        long content = mix((crc32.getValue() << 32 | crc32c.getValue()) + timestamp * 0x9e3779b97f4a7c15L);
        records++;
        sum += mix(content + offset * 0xd1342543de82ef95L + partition);
        chain = chain * 31 + content;
    }

    /** A whole record. */
    public void add(
            long offset, long timestamp, byte @Nullable [] key, byte @Nullable [] value, Iterable<Header> headers) {
        begin(key == null ? null : ByteBuffer.wrap(key), value == null ? null : ByteBuffer.wrap(value));
        for (Header header : headers) {
            header(header.key(), header.value() == null ? null : ByteBuffer.wrap(header.value()));
        }
        end(offset, timestamp);
    }

    private void add(@Nullable ByteBuffer part) {
        if (part == null) {
            // a length that no bytes have
            crc32.update(0xff);
            crc32c.update(0xff);
            return;
        }
        bytes += part.remaining();
        crc32.update(part.remaining() & 0x7f);
        crc32c.update(part.remaining() & 0x7f);
        crc32.update(part.duplicate());
        crc32c.update(part.duplicate());
    }

    /** What was seen so far. */
    public Of result() {
        return new Of(records, bytes, sum, chain);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
