// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.parquet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * A checksum over every byte of a Parquet file, kept in an entry of the file's own footer. Parquet's page checksums
 * cover neither the headers of the pages nor the footer, and one flipped bit there makes an optional column required or
 * a column shorter: other records are read, and nothing complains.
 *
 * <p>A file without the entry, from another writer, counts as right. While the checksum is computed, its own place
 * holds {@link #NOT_YET_KNOWN}.
 */
public final class FileChecksum {

    /** The footer's entry: CRC-32C in eight hexadecimal digits. */
    public static final String KEY = "kafka-backup.crc32c";

    /** What the entry is written with; {@link #seal} replaces it. */
    public static final String NOT_YET_KNOWN = "00000000";

    /** In Thrift's compact protocol, the key is followed by the next field's type and the length of the value. */
    private static final byte[] BEFORE_THE_VALUE =
            (KEY + "\u0018" + (char) NOT_YET_KNOWN.length()).getBytes(StandardCharsets.US_ASCII);

    /** The footer is at the end of the file and much smaller than this. */
    private static final int SEARCHED_BYTES = 256 * 1024;

    private FileChecksum() {}

    /**
     * Writes the checksum of a file whose footer has the entry {@link #KEY} with the value {@link #NOT_YET_KNOWN}.
     *
     * @throws IllegalStateException if the footer has no such entry
     */
    public static void seal(BytesOutputFile file) {
        CRC32C checksum = new CRC32C();
        long tailStart = Math.max(0, file.sizeBytes() - SEARCHED_BYTES);
        ByteArrayOutputStream tail = new ByteArrayOutputStream();
        try {
            file.writeTo(new OutputStream() {
                private long position;

                @Override
                public void write(int value) {
                    write(new byte[] {(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int offset, int length) {
                    checksum.update(bytes, offset, length);
                    int skipped = (int) Math.min(length, Math.max(0, tailStart - position));
                    tail.write(bytes, offset + skipped, length - skipped);
                    position += length;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("Bytes in memory cannot be read", e);
        }
        int place = placeOfValue(tail.toByteArray());
        if (place < 0) {
            throw new IllegalStateException("The footer has no entry " + KEY);
        }
        file.overwrite(tailStart + place, text(checksum).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Holds a whole file against its checksum, if it has one.
     *
     * @return whether it has one
     * @throws IOException if they do not fit
     */
    public static boolean check(byte[] file) throws IOException {
        int place = placeOfValue(file);
        if (place < 0) {
            return false;
        }
        int behind = place + NOT_YET_KNOWN.length();
        CRC32C checksum = new CRC32C();
        checksum.update(file, 0, place);
        checksum.update(NOT_YET_KNOWN.getBytes(StandardCharsets.US_ASCII));
        checksum.update(file, behind, file.length - behind);
        String stored = new String(file, place, NOT_YET_KNOWN.length(), StandardCharsets.ISO_8859_1);
        if (!stored.equals(text(checksum))) {
            throw new IOException("its bytes do not fit their checksum");
        }
        return true;
    }

    private static String text(CRC32C checksum) {
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    /** Where the value of the last such entry begins; negative if there is none. */
    private static int placeOfValue(byte[] file) {
        int last = file.length - BEFORE_THE_VALUE.length - NOT_YET_KNOWN.length();
        for (int from = last; from >= 0 && from >= file.length - SEARCHED_BYTES; from--) {
            int behind = from + BEFORE_THE_VALUE.length;
            if (Arrays.equals(file, from, behind, BEFORE_THE_VALUE, 0, BEFORE_THE_VALUE.length)) {
                return behind;
            }
        }
        return -1;
    }
}
