// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.compare;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.record.RestoreRecord;
import dev.kafkabackup.restore.source.SelectedRecords;
import dev.kafkabackup.storage.RetryingStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The comparison of one partition, up to its first difference. Used by one thread. */
final class PartitionComparison {

    /** How long the storage of the backup may be away. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final PlannedPartition partition;
    private final TopicPartition target;
    private final Extent extent;
    private final PairVisitor visitor;
    private long records;
    private @Nullable RestoreRecord last;

    private PartitionComparison(PlannedPartition partition, Extent extent, PairVisitor visitor) {
        this.partition = partition;
        this.target = partition.target();
        this.extent = extent;
        this.visitor = visitor;
    }

    static ComparedPartition run(
            KafkaConnection kafka,
            StorageLocation location,
            PlannedPartition partition,
            Extent extent,
            PairVisitor visitor)
            throws IOException {
        try (SelectedRecords expected = partition.records(new RetryingStorage(location.open(), PATIENCE));
                TargetRecords found = TargetRecords.open(
                        kafka, partition.target(), partition.partition().targetStartOffset(), visitor::concerns)) {
            return new PartitionComparison(partition, extent, visitor).compare(expected, found);
        }
    }

    private ComparedPartition compare(SelectedRecords expected, TargetRecords found) throws IOException {
        Optional<Difference> difference = cutOff(expected, found);
        while (difference.isEmpty() && expected.hasNext() && found.hasNext()) {
            difference = pair(expected.next(), found.next());
        }
        boolean complete = difference.isEmpty() && !expected.hasNext();
        if (difference.isEmpty()) {
            difference = complete ? surplus(found) : missing(expected);
        }
        if (difference.isEmpty()) {
            difference = visitor.end().map(what -> new Difference(target, null, null, null, what));
        }
        return new ComparedPartition(partition, records, last, complete, difference);
    }

    /** Records at the start of the target that were removed meanwhile. */
    private Optional<Difference> cutOff(SelectedRecords expected, TargetRecords found) {
        if (found.logStartOffset() <= partition.partition().targetStartOffset() || !expected.hasNext()) {
            return Optional.empty();
        }
        return Optional.of(Difference.at(
                expected.next(),
                target,
                null,
                "the target has removed its records before offset %d, while the restored ones begin at %d"
                        .formatted(found.logStartOffset(), partition.partition().targetStartOffset())));
    }

    private Optional<Difference> pair(RestoreRecord expected, ConsumerRecord<byte[], byte[]> found) throws IOException {
        Optional<String> what = RecordContent.difference(expected.record(), found);
        if (what.isEmpty()) {
            what = visitor.pair(expected, target, found.offset());
        }
        if (what.isEmpty()) {
            records++;
            last = expected;
        }
        return what.map(text -> Difference.at(expected, target, found.offset(), text));
    }

    private Optional<Difference> surplus(TargetRecords found) {
        return extent == Extent.FIRST_RECORDS && found.hasNext()
                ? Optional.of(new Difference(
                        target, found.next().offset(), null, null, "there is a record that is not of this restore"))
                : Optional.empty();
    }

    private Optional<Difference> missing(SelectedRecords expected) {
        return extent == Extent.ALL_RECORDS
                ? Optional.of(Difference.at(expected.next(), target, null, "the record is not in the target"))
                : Optional.empty();
    }
}
