// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.record;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink how records travel between tasks, should source and sink ever not be chained. */
public final class RestoreRecordType extends TypeInformation<RestoreRecord> {

    private static final long serialVersionUID = 1L;

    /** The type; it has no settings. */
    public static final RestoreRecordType INSTANCE = new RestoreRecordType();

    private RestoreRecordType() {}

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<RestoreRecord> getTypeClass() {
        return RestoreRecord.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<RestoreRecord> createSerializer(SerializerConfig config) {
        return RestoreRecordSerializer.INSTANCE;
    }

    @Override
    public String toString() {
        return "RestoreRecord";
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RestoreRecordType;
    }

    @Override
    public int hashCode() {
        return RestoreRecordType.class.hashCode();
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof RestoreRecordType;
    }
}
