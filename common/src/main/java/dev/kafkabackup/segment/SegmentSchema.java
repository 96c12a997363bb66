// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.parquet.avro.AvroSchemaConverter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.schema.MessageType;

/**
 * The columns of a segment, as an Avro schema, which parquet-avro turns into the Parquet schema of format version 1.
 */
final class SegmentSchema {

    private static final Schema HEADER = SchemaBuilder.record("header")
            .namespace("kafkabackup")
            .fields()
            .requiredString("key")
            .name("value")
            .type()
            .unionOf()
            .nullType()
            .and()
            .bytesType()
            .endUnion()
            .nullDefault()
            .endRecord();

    static final Schema RECORD = SchemaBuilder.record("record")
            .namespace("kafkabackup")
            .fields()
            .requiredLong("offset")
            .name("timestamp")
            .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
            .noDefault()
            .requiredInt("timestamp_type")
            .optionalInt("leader_epoch")
            .optionalBytes("key")
            .optionalBytes("value")
            .name("headers")
            .type()
            .array()
            .items(HEADER)
            .noDefault()
            .endRecord();

    /** The same as Parquet sees it. */
    static final MessageType COLUMNS = new AvroSchemaConverter(configuration()).convert(RECORD);

    static final ColumnDescriptor OFFSET = column("offset");
    static final ColumnDescriptor TIMESTAMP = column("timestamp");
    static final ColumnDescriptor TIMESTAMP_TYPE = column("timestamp_type");
    static final ColumnDescriptor LEADER_EPOCH = column("leader_epoch");
    static final ColumnDescriptor KEY = column("key");
    static final ColumnDescriptor VALUE = column("value");
    static final ColumnDescriptor HEADER_KEY = column("headers", "list", "element", "key");
    static final ColumnDescriptor HEADER_VALUE = column("headers", "list", "element", "value");

    private SegmentSchema() {}

    private static ColumnDescriptor column(String... path) {
        return COLUMNS.getColumnDescription(path);
    }

    /**
     * Lists with three levels, as the Parquet format asks for and other readers expect; parquet-avro's default is two.
     */
    static ParquetConfiguration configuration() {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        return configuration;
    }
}
