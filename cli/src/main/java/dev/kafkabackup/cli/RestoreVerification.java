// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.compare.ComparedPartition;
import dev.kafkabackup.restore.verify.RestoredTopics;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code verify --restore-id}: prints a row for each partition, and the first difference of those that differ. */
final class RestoreVerification {

    private RestoreVerification() {}

    static ExitCode print(StorageLocation location, KafkaConnection kafka, String restoreId, int parallelism) {
        List<ComparedPartition> compared;
        try {
            compared = new RestoredTopics(location, kafka, parallelism).compare(restoreId);
        } catch (IOException e) {
            throw new FailedException(
                    "Restore %s in %s cannot be read: %s".formatted(restoreId, location, e.getMessage()), e);
        }
        List<List<String>> rows = new ArrayList<>();
        for (ComparedPartition partition : compared) {
            rows.add(List.of(
                    partition.partition().target().topic(),
                    Integer.toString(partition.partition().target().partition()),
                    Long.toString(partition.records()),
                    partition.difference().isEmpty() ? "ok" : "differs"));
        }
        Table.print(List.of("TARGET", "PARTITION", "EQUAL RECORDS", "RESULT"), rows);
        boolean equal = true;
        for (ComparedPartition partition : compared) {
            if (partition.difference().isPresent()) {
                equal = false;
                Terminal.note("First difference in %s", partition.difference().get());
            }
        }
        if (equal) {
            Terminal.note(
                    "All %d records are in the target as they are in the backup, and the offset map leads to each of them",
                    compared.stream().mapToLong(ComparedPartition::records).sum());
        }
        return equal ? ExitCode.DONE : ExitCode.FAILED;
    }
}
