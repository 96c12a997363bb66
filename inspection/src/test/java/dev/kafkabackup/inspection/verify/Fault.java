// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.inspection.verify.Finding.Kind;
import java.io.IOException;
import java.util.Set;

/** Whatever may happen to a backup while Kafka still has everything. */
@SuppressWarnings("ImmutableEnumChecker") // the lambdas hold nothing
enum Fault {
    FIRST_SEGMENT_REMOVED(Kind.MISSING, backup -> backup.remove(0)),
    SEGMENT_REMOVED(Kind.MISSING, backup -> backup.remove(3)),
    LAST_SEGMENT_REMOVED(Kind.NOT_COVERED, backup -> backup.remove(5)),
    BIT_FLIPPED_IN_OFFSET_OF_NAME(Kind.DAMAGED, backup -> backup.flipInName(2, 19, 0)),
    BIT_FLIPPED_IN_SIZE_OF_NAME(
            Kind.NOT_A_SEGMENT,
            backup -> backup.flipInName(
                    2, backup.segment(2).getFileName().toString().length() - ".parquet".length() - 1, 0)),
    DIGIT_OF_NAME_BECAME_A_LETTER(Kind.DAMAGED, backup -> backup.flipInName(2, 5, 6)),
    BIT_FLIPPED_IN_FOOTER(Kind.DAMAGED, backup -> backup.flip(2, -150)),
    BIT_FLIPPED_IN_CHECKSUM(Kind.DAMAGED, backup -> backup.flip(2, -9)),
    BIT_FLIPPED_IN_PAGE(Kind.DAMAGED, backup -> backup.flip(2, 60)),
    TRUNCATED(Kind.NOT_A_SEGMENT, backup -> backup.truncate(1)),
    EMPTIED(Kind.NOT_A_SEGMENT, Faults::empty),
    /** By the sizes, which may be the same or not. */
    SWAPPED(Set.of(Kind.DAMAGED, Kind.NOT_A_SEGMENT), backup -> backup.swap(1, 2)),
    FIRST_AND_LAST_SWAPPED(Set.of(Kind.DAMAGED, Kind.NOT_A_SEGMENT), backup -> backup.swap(0, 5)),
    UNDER_ANOTHER_PARTITION(Kind.DAMAGED, backup -> backup.move(4, "partition=00001")),
    UNDER_A_PARTITION_THAT_IS_NOT_THERE(Kind.DAMAGED, backup -> backup.move(4, "partition=00007")),
    UNDER_ANOTHER_TOPIC_ID(Kind.DAMAGED, backup -> backup.copyToOtherTopicId(4, "ncRZJmUMR1qZ3Xog-H4d3Q")),
    METADATA_STALE(Kind.METADATA, Faults::makeMetadataStale),
    METADATA_WITH_FEWER_PARTITIONS(
            Kind.METADATA, backup -> backup.changeMetadata("\"partitions\" : 2", "\"partitions\" : 1")),
    METADATA_WITH_OTHER_CONFIGS(
            Kind.METADATA, backup -> backup.changeMetadata("\"configs\" : { }", "\"configs\" : {\"a\":\"b\"}")),
    METADATA_UNREADABLE(Kind.METADATA, Faults::breakNewestMetadata),
    METADATA_REMOVED(Kind.METADATA, Faults::removeMetadata),
    GROUPS_UNREADABLE(Kind.GROUPS, Faults::breakGroups);

    private interface Harm {
        void make(Faults backup) throws IOException;
    }

    private final Set<Kind> found;
    private final Harm harm;

    Fault(Kind found, Harm harm) {
        this(Set.of(found), harm);
    }

    Fault(Set<Kind> found, Harm harm) {
        this.found = found;
        this.harm = harm;
    }

    /** What verify says about it, one of these, among other things. */
    Set<Kind> found() {
        return found;
    }

    void apply(Faults backup) throws IOException {
        harm.make(backup);
    }
}
