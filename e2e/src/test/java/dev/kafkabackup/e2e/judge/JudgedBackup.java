// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A backup that is made by hand, and given to each of the judges. */
abstract class JudgedBackup {

    enum Opinion {
        DUCKDB,
        PARQUET_AVRO
    }

    static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qg";
    static final String TOPIC = "orders.eu-west-1";

    /** Has both characters in its text that are not letters or digits. */
    static final Uuid ID = Uuid.fromString("-_JWJ6FHTfRYy67jzwZdeg");

    static final TopicIdPartition PARTITION = new TopicIdPartition(ID, 3, TOPIC);

    @Parameter
    private Opinion opinion = Opinion.DUCKDB;

    @TempDir
    private Path root;

    private @Nullable Judge judge;

    @AfterEach
    final void close() {
        if (judge != null) {
            judge.close();
        }
    }

    final void assertComplaint(String complaint) {
        assertComplaint(log(SampleRecords.records(0, 10)), complaint);
    }

    final void assertComplaint(ProducedLog log, String complaint) {
        assertThatThrownBy(() -> judge().assertComplete(log, TOPIC, ID))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Backup of topic " + TOPIC + " (" + ID + ")")
                .hasMessageContaining(complaint);
    }

    final Judge judge() {
        if (judge == null) {
            judge = switch (opinion) {
                case DUCKDB -> Judge.withDuckDb(root, CLUSTER);
                case PARQUET_AVRO -> Judge.withParquetAvro(root, CLUSTER);
            };
        }
        return judge;
    }

    final HandMadeBackup backup() {
        return new HandMadeBackup(root, CLUSTER, PARTITION);
    }

    final Path write(long start, long end, List<ProducedRecord> records) throws IOException {
        return backup().write(start, end, 2, records);
    }

    static ProducedLog log(List<ProducedRecord> records) {
        ProducedLog log = new ProducedLog();
        records.forEach(record -> log.add(PARTITION, record));
        return log;
    }
}
