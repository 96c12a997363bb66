// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.page.PageWriter;
import org.apache.parquet.column.statistics.Statistics;

/**
 * Makes the data pages (version 1) of one column in the encoding {@code PLAIN}: integers in little endian, bytes behind
 * their length, and before them the levels, where the column has any. Not thread safe.
 *
 * <p>A page is built in the array that it is compressed from, and the next one takes its place there: values are copied
 * once, and no memory is allocated, and cleared, for each page.
 *
 * @see <a href="https://parquet.apache.org/docs/file-format/data-pages/">Data pages</a>
 */
final class PlainColumn {

    private static final int ARRAY_HEADER_BYTES = 16;

    /**
     * Capacity of a full page's array: records of 1 KiB fill it with about a thousand, and a reader decompresses no
     * more than it needs. With its object header it is a power of two, like the smaller ones, so that it takes no more
     * than a region of the garbage collector that puts large objects into regions of their own.
     */
    private static final int FULL_ARRAY_BYTES = 1024 * 1024 - ARRAY_HEADER_BYTES;

    /** So many timestamps fit into an array of 128 KiB. */
    private static final int PAGE_ROWS = 16_000;

    private static final int SMALLEST_ARRAY_BYTES = 128 - ARRAY_HEADER_BYTES;

    /** What the levels need if they are the same in the whole page; else the values are moved for them. */
    private static final int LEVEL_ROOM_BYTES = 32;

    /** What the levels need if they are not, and rows have few headers. */
    private static final int MIXED_LEVELS_BYTES = 8 * 1024;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final byte[] EMPTY = {};

    private final ColumnDescriptor column;
    private final PageWriter pages;
    private final Levels repetitions;
    private final Levels definitions;
    private final boolean hasStatistics;

    private Statistics<?> statistics;
    private byte[] page = EMPTY;
    /** Where the next value goes. */
    private int end = LEVEL_ROOM_BYTES;

    private int values;
    private int rows;

    /**
     * @param pages takes the pages, compresses and keeps them
     * @param hasStatistics whether readers are to know the smallest and the largest value of each page
     */
    PlainColumn(ColumnDescriptor column, PageWriter pages, boolean hasStatistics) {
        this.column = column;
        this.pages = pages;
        this.repetitions = new Levels(column.getMaxRepetitionLevel());
        this.definitions = new Levels(column.getMaxDefinitionLevel());
        this.hasStatistics = hasStatistics;
        this.statistics = newStatistics();
    }

    private Statistics<?> newStatistics() {
        return hasStatistics
                ? Statistics.createStats(column.getPrimitiveType())
                : Statistics.noopStats(column.getPrimitiveType());
    }

    /** Appends a value of a column of 64 bits that is not repeated. */
    void writeLong(long value) throws IOException {
        int start = claim(Long.BYTES, 0, column.getMaxDefinitionLevel());
        LONG.set(page, start, value);
        statistics.updateStats(value);
    }

    /** Appends a value of a column of 32 bits that is not repeated. */
    void writeInt(int value) throws IOException {
        int start = claim(Integer.BYTES, 0, column.getMaxDefinitionLevel());
        INT.set(page, start, value);
        statistics.updateStats(value);
    }

    /**
     * Appends a value of a column of bytes.
     *
     * @param bytes copied
     * @param repetition 0 if it begins a row
     */
    void writeBytes(byte[] bytes, int repetition) throws IOException {
        int start = claim(Integer.BYTES + bytes.length, repetition, column.getMaxDefinitionLevel());
        INT.set(page, start, bytes.length);
        System.arraycopy(bytes, 0, page, start + Integer.BYTES, bytes.length);
    }

    /**
     * Appends that there is no value.
     *
     * @param repetition 0 if it begins a row
     * @param definition how much of the value's path there is: less than all of it
     */
    void writeNull(int repetition, int definition) throws IOException {
        claim(0, repetition, definition);
        statistics.incrementNumNulls();
    }

    /** Takes the place for the bytes of a value; a row that does not fit into the page any more begins the next one. */
    private int claim(int bytes, int repetition, int definition) throws IOException {
        if (repetition == 0) {
            if (rows > 0 && (rows == PAGE_ROWS || bytes > FULL_ARRAY_BYTES - MIXED_LEVELS_BYTES - end)) {
                writePage();
            }
            rows++;
        }
        int start = end;
        int next = Math.addExact(start, bytes);
        if (next > page.length) {
            page = Arrays.copyOf(page, capacity(next));
        }
        repetitions.write(repetition);
        definitions.write(definition);
        end = next;
        values++;
        return start;
    }

    private static int capacity(int needed) {
        if (needed > FULL_ARRAY_BYTES) {
            return needed;
        }
        int powerOfTwo = Integer.highestOneBit(needed + ARRAY_HEADER_BYTES - 1) * 2;
        return Math.max(SMALLEST_ARRAY_BYTES, powerOfTwo - ARRAY_HEADER_BYTES);
    }

    /** Ends the last page. */
    void flush() throws IOException {
        if (rows > 0) {
            writePage();
        }
        page = EMPTY;
    }

    private void writePage() throws IOException {
        int start = prependLevels();
        // a buffer, unlike an array, is given to the compressor as it is
        pages.writePage(
                BytesInput.from(ByteBuffer.wrap(page, start, end - start)),
                values,
                rows,
                statistics,
                Encoding.RLE,
                Encoding.RLE,
                Encoding.PLAIN);
        if (page.length > FULL_ARRAY_BYTES) {
            page = EMPTY;
        }
        end = LEVEL_ROOM_BYTES;
        values = 0;
        rows = 0;
        repetitions.reset();
        definitions.reset();
        statistics = newStatistics();
    }

    /** Returns where the page begins. */
    private int prependLevels() throws IOException {
        ByteBuffer repetition = repetitions.encoded();
        ByteBuffer definition = definitions.encoded();
        int bytes = repetition.remaining() + definition.remaining();
        if (bytes > LEVEL_ROOM_BYTES) {
            int shift = bytes - LEVEL_ROOM_BYTES;
            byte[] source = page;
            if (end + shift > page.length) {
                page = new byte[capacity(end + shift)];
            }
            System.arraycopy(source, LEVEL_ROOM_BYTES, page, bytes, end - LEVEL_ROOM_BYTES);
            end += shift;
        }
        int start = Math.max(LEVEL_ROOM_BYTES, bytes) - bytes;
        ByteBuffer.wrap(page, start, bytes).put(repetition).put(definition);
        return start;
    }

    /** Bytes of the pages as they are stored, and of the one that is not yet compressed. */
    long encodedBytes() {
        return pages.getMemSize() + unwrittenBytes();
    }

    private long unwrittenBytes() {
        return end - LEVEL_ROOM_BYTES + repetitions.sizeBytes() + definitions.sizeBytes();
    }

    /** Bytes of heap that pages and buffers occupy. */
    long heapBytes() {
        return pages.getMemSize() + page.length + repetitions.heapBytes() + definitions.heapBytes();
    }
}
