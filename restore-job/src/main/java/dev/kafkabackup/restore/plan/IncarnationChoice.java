// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.plan;

import org.apache.kafka.common.Uuid;

/** Which incarnations of a topic name are restored. */
public sealed interface IncarnationChoice {

    /** The newest one that has wanted records and is no copy of another one. */
    IncarnationChoice NEWEST = new Newest();

    /** Every one that is no copy of another one, one after the other. */
    IncarnationChoice ALL = new All();

    /** See {@link #NEWEST}. */
    record Newest() implements IncarnationChoice {}

    /** See {@link #ALL}. */
    record All() implements IncarnationChoice {}

    /**
     * This one.
     *
     * @param id topic ID
     */
    record One(Uuid id) implements IncarnationChoice {}
}
