// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** Tells Flink how batches are serialized, so that it never falls back to a generic serializer. */
final class PartitionBatchType extends TypeInformation<PartitionBatch> {

    private static final long serialVersionUID = 1L;

    @Override
    public TypeSerializer<PartitionBatch> createSerializer(SerializerConfig config) {
        return PartitionBatchSerializer.INSTANCE;
    }

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
    public Class<PartitionBatch> getTypeClass() {
        return PartitionBatch.class;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof PartitionBatchType;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PartitionBatchType;
    }

    @Override
    public int hashCode() {
        return PartitionBatchType.class.hashCode();
    }

    @Override
    public String toString() {
        return "PartitionBatch";
    }
}
