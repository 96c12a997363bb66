// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.segment;

import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;

/**
 * The columns of a segment, as an Avro schema, which parquet-avro turns into the Parquet schema of format version 1.
 */
final class SegmentSchema {

    /** Position of each field in {@link #RECORD}, which is also the order of the columns. */
    static final int OFFSET = 0;

    static final int TIMESTAMP = 1;
    static final int TIMESTAMP_TYPE = 2;
    static final int LEADER_EPOCH = 3;
    static final int KEY = 4;
    static final int VALUE = 5;
    static final int HEADERS = 6;

    static final int HEADER_KEY = 0;
    static final int HEADER_VALUE = 1;

    static final Schema HEADER = SchemaBuilder.record("header")
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

    private SegmentSchema() {}

    /**
     * Lists with three levels, as the Parquet format asks for and other readers expect; parquet-avro's default is two.
     */
    static ParquetConfiguration configuration() {
        ParquetConfiguration configuration = new PlainParquetConfiguration();
        configuration.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
        return configuration;
    }
}
