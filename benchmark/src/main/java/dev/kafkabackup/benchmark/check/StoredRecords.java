// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.check;

import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;

/** Reads Parquet files with parquet-avro: none of the product's reading code decides about the product. */
final class StoredRecords {

    private StoredRecords() {}

    /** All finished files below the folder, in the order of their paths. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.filter(Files::isRegularFile)
                    .filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    /** Passes on each row of a file, in order. */
    static void read(Path file, Consumer<GenericRecord> action) {
        try (ParquetReader<GenericRecord> reader = AvroParquetReader.<GenericRecord>builder(
                        new LocalInputFile(file), new PlainParquetConfiguration())
                // one that is not looked up would need all of Hadoop's configuration
                .withDataModel(GenericData.get())
                .withCodecFactory(new ZstdCodecFactory(ZstdCodecFactory.DEFAULT_LEVEL))
                .build()) {
            for (GenericRecord row = reader.read(); row != null; row = reader.read()) {
                action.accept(row);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** Adds a row with the columns of a segment. */
    static void add(GenericRecord row, Fingerprint fingerprint) {
        fingerprint.begin((ByteBuffer) row.get("key"), (ByteBuffer) row.get("value"));
        for (Object element : (Iterable<?>) row.get("headers")) {
            GenericRecord header = (GenericRecord) element;
            fingerprint.header(header.get("key").toString(), (ByteBuffer) header.get("value"));
        }
        fingerprint.end((Long) row.get("offset"), (Long) row.get("timestamp"));
    }
}
