// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.parquet.BytesInputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import dev.kafkabackup.storage.BackupStorage;
import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;

/**
 * What stands at the end of a segment's object. Only the whole object has a checksum: a footer that was read alone may
 * be damaged without being found out.
 *
 * @param metadata what the segment says about itself
 * @param records number of records, 0 or more
 * @param uncompressedBytes size of all pages before compression
 * @param compressedBytes size of all pages as they are stored
 */
public record SegmentFooter(SegmentMetadata metadata, long records, long uncompressedBytes, long compressedBytes) {

    /** The end of an object that holds any ordinary footer. */
    private static final int TAIL_BYTES = 32 * 1024;

    /**
     * Reads the footer of a whole object.
     *
     * @param path the object's path below the root, for messages
     * @throws IOException if it is no Parquet file
     * @throws RuntimeException if it is one, but no segment, or of a newer format version
     */
    public static SegmentFooter read(String path, byte[] object) throws IOException {
        return read(path, new BytesInputFile(object));
    }

    /**
     * Reads the footer of a stored object, and little more.
     *
     * @param sizeBytes size of the object, as listed
     * @throws IOException if the storage cannot be read
     * @throws CorruptDataException if it is no segment
     */
    public static SegmentFooter read(BackupStorage storage, String path, long sizeBytes) throws IOException {
        byte[] tail = storage.readTail(path, sizeBytes, TAIL_BYTES);
        if (tail.length > sizeBytes) {
            throw new CorruptDataException(path, "its size is not the one that was listed, " + sizeBytes + " bytes");
        }
        Optional<SegmentFooter> footer = parse(path, () -> readTail(path, tail, sizeBytes));
        if (footer.isPresent()) {
            return footer.get();
        }
        byte[] object = storage.read(path);
        return parse(path, () -> read(path, object));
    }

    private interface Parsing<T> {

        T parse() throws IOException;
    }

    private static <T> T parse(String path, Parsing<T> parsing) {
        try {
            return parsing.parse();
        } catch (BackupException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new CorruptDataException(path, "its footer cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Reads the footer from the end of an object.
     *
     * @param tail the last bytes of the object
     * @param sizeBytes size of the object
     * @return empty if the footer begins before the tail
     */
    static Optional<SegmentFooter> readTail(String path, byte[] tail, long sizeBytes) throws IOException {
        try {
            return Optional.of(read(path, BytesInputFile.endingWith(tail, sizeBytes)));
        } catch (EOFException e) {
            if (tail.length < sizeBytes) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static SegmentFooter read(String path, BytesInputFile file) throws IOException {
        ParquetReadOptions options = ParquetReadOptions.builder(SegmentSchema.configuration())
                .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                .build();
        try (ParquetFileReader reader = ParquetFileReader.open(file, options)) {
            long uncompressed = 0;
            long compressed = 0;
            for (BlockMetaData block : reader.getFooter().getBlocks()) {
                for (ColumnChunkMetaData column : block.getColumns()) {
                    uncompressed += column.getTotalUncompressedSize();
                    compressed += column.getTotalSize();
                }
            }
            return new SegmentFooter(
                    SegmentMetadata.fromFooter(path, reader.getFileMetaData().getKeyValueMetaData()),
                    reader.getRecordCount(),
                    uncompressed,
                    compressed);
        }
    }

    /**
     * Holds the footer against the object's place and name.
     *
     * @throws CorruptSegmentException if they say different things
     */
    public void check(String path, TopicIdPartition partition, SegmentName name) {
        if (!metadata.partition().equals(partition) || !metadata.range().equals(name.range())) {
            throw SegmentReader.corrupt(
                    path,
                    name,
                    "its footer says that it is %s %s, its place and name say %s %s"
                            .formatted(metadata.partition(), metadata.range(), partition, name.range()),
                    null);
        }
        if (records != name.records()) {
            throw SegmentReader.corrupt(
                    path, name, "it holds " + records + " records, its name says " + name.records(), null);
        }
        String written = metadata.name();
        if (written != null && !written.equals(name.withoutSize())) {
            throw SegmentReader.corrupt(path, name, "it was written as " + written, null);
        }
    }
}
