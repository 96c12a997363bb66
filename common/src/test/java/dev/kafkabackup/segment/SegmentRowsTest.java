// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.parquet.BytesOutputFile;
import dev.kafkabackup.parquet.ZstdCodecFactory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.ParquetDecodingException;
import org.junit.jupiter.api.Test;

class SegmentRowsTest {

    private static final int ROWS = 3000;

    @Test
    void filesOfAnotherWriterWithTheSameColumnsAreRead() throws IOException {
        // dictionaries larger than pages, several row groups, an added column: nothing that our own writer makes
        Schema schema = withFields(SegmentSchema.RECORD.getFields(), "added later");
        Schema header = schema.getField("headers").schema().getElementType();
        List<GenericRecord> stored = new ArrayList<>();
        for (int row = 0; row < ROWS; row++) {
            List<GenericRecord> headers = new ArrayList<>();
            for (int i = 0; i < row % 3; i++) {
                headers.add(new GenericRecordBuilder(header)
                        .set("key", "header " + i)
                        .set("value", i == 1 ? null : bytes("of row " + row))
                        .build());
            }
            stored.add(new GenericRecordBuilder(schema)
                    .set("offset", 10L + row)
                    .set("timestamp", row % 7 == 0 ? -1L : 1_700_000_000_000L + row)
                    .set("timestamp_type", row % 2)
                    .set("leader_epoch", row % 5 == 0 ? null : row / 100)
                    .set("key", row % 4 == 0 ? null : bytes(row % 10 + " of ten long keys".repeat(20)))
                    .set("value", row % 6 == 0 ? null : bytes(row % 6 == 1 ? "" : "value " + row))
                    .set("headers", headers)
                    .set("added", "something new")
                    .build());
        }

        try (SegmentRows rows = new SegmentRows(file(schema, stored), Optional.empty())) {
            for (GenericRecord row : stored) {
                SegmentRecord record = rows.read();
                assertThat(record).isNotNull();
                assertThat(record.offset()).isEqualTo(row.get("offset"));
                assertThat(record.timestamp()).isEqualTo(row.get("timestamp"));
                assertThat(record.timestampType().id).isEqualTo(row.get("timestamp_type"));
                assertThat(record.leaderEpoch())
                        .isEqualTo(row.get("leader_epoch") == null ? -1 : row.get("leader_epoch"));
                assertSame(record.key(), row.get("key"));
                assertSame(record.value(), row.get("value"));
                List<?> headers = (List<?>) row.get("headers");
                assertThat(record.headers().toArray()).hasSameSizeAs(headers);
                for (int i = 0; i < headers.size(); i++) {
                    GenericRecord expected = (GenericRecord) headers.get(i);
                    assertThat(record.headers().toArray()[i].key()).isEqualTo(expected.get("key"));
                    assertSame(record.headers().toArray()[i].value(), expected.get("value"));
                }
            }
            assertThat(rows.read()).isNull();
        }
    }

    @Test
    void aMissingColumnIsNamed() {
        List<Schema.Field> fields = new ArrayList<>(SegmentSchema.RECORD.getFields());
        fields.removeIf(field -> field.name().equals("value"));
        assertThatThrownBy(() -> new SegmentRows(file(withFields(fields, "no value"), List.of()), Optional.empty()))
                .isInstanceOf(ParquetDecodingException.class)
                .hasMessage("it has no column value");
    }

    @Test
    void aColumnOfAnotherTypeIsNamed() {
        List<Schema.Field> fields = new ArrayList<>(SegmentSchema.RECORD.getFields());
        fields.replaceAll(field ->
                field.name().equals("offset") ? new Schema.Field("offset", Schema.create(Schema.Type.INT)) : field);
        assertThatThrownBy(
                        () -> new SegmentRows(file(withFields(fields, "small offsets"), List.of()), Optional.empty()))
                .isInstanceOf(ParquetDecodingException.class)
                .hasMessageContaining("its column offset is");
    }

    private static Schema withFields(List<Schema.Field> fields, String doc) {
        List<Schema.Field> copies = new ArrayList<>();
        fields.forEach(field -> copies.add(new Schema.Field(field, field.schema())));
        copies.add(new Schema.Field("added", SchemaBuilder.builder().stringType()));
        return Schema.createRecord("record", doc, "kafkabackup", false, copies);
    }

    private static byte[] file(Schema schema, List<GenericRecord> rows) throws IOException {
        BytesOutputFile file = new BytesOutputFile();
        try (ParquetWriter<GenericRecord> writer = AvroParquetWriter.<GenericRecord>builder(file)
                .withSchema(schema)
                .withDataModel(GenericData.get())
                .withConf(SegmentSchema.configuration())
                .withCompressionCodec(CompressionCodecName.ZSTD)
                .withCodecFactory(new ZstdCodecFactory(1))
                .withRowGroupRowCountLimit(ROWS / 3 + 1)
                .withPageSize(4096)
                .build()) {
            for (GenericRecord row : rows) {
                writer.write(row);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        file.writeTo(bytes);
        return bytes.toByteArray();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static void assertSame(byte[] read, Object stored) {
        assertThat(read).isEqualTo(stored == null ? null : ((ByteBuffer) stored).array());
    }
}
