// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.compare.Difference;
import dev.kafkabackup.restore.verify.RestoredTopics;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** {@code verify --restore-id}: prints a row for each partition, and the first difference of those that differ. */
final class RestoreVerification {

    private RestoreVerification() {}

    /**
     * What came out, as JSON.
     *
     * @param equal whether nothing differs
     */
    record Document(String restoreId, boolean equal, List<Row> partitions) {}

    /**
     * One partition of the target.
     *
     * @param records number of records from the first one on that are equal; 0 or more
     * @param difference the first one; null if there is none
     */
    record Row(
            String target,
            int partition,
            long records,
            @Nullable String difference) {

        private static Row of(ComparedPartition compared) {
            TopicPartition target = compared.partition().target();
            return new Row(
                    target.topic(),
                    target.partition(),
                    compared.records(),
                    compared.difference().map(Difference::toString).orElse(null));
        }

        private List<String> cells() {
            return List.of(
                    target, Integer.toString(partition), Long.toString(records), difference == null ? "ok" : "differs");
        }
    }

    static ExitCode print(
            StorageLocation location, KafkaConnection kafka, String restoreId, int parallelism, boolean json) {
        List<Row> rows;
        try {
            rows = new RestoredTopics(location, kafka, parallelism)
                    .compare(restoreId).stream().map(Row::of).toList();
        } catch (IOException e) {
            throw new FailedException(
                    "Restore %s in %s cannot be read: %s".formatted(restoreId, location, e.getMessage()), e);
        }
        boolean equal = rows.stream().allMatch(row -> row.difference() == null);
        if (json) {
            Terminal.result(new Document(restoreId, equal, rows));
        } else {
            Table.print(
                    List.of("TARGET", "PARTITION", "EQUAL RECORDS", "RESULT"),
                    rows.stream().map(Row::cells).toList());
        }
        rows.stream()
                .filter(row -> row.difference() != null)
                .forEach(row -> Terminal.note("First difference in %s", row.difference()));
        if (equal) {
            Terminal.note(
                    "All %d records are in the target as they are in the backup, and the offset map leads to each of them",
                    rows.stream().mapToLong(Row::records).sum());
        }
        return equal ? ExitCode.DONE : ExitCode.FAILED;
    }
}
