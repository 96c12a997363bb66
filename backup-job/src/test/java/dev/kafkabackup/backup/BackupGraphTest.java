// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.MaintenanceOptions;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a savepoint finds its way by, and what keeps state readable, is set in every graph. */
class BackupGraphTest {

    private final StreamExecutionEnvironment environment = new StreamExecutionEnvironment();

    @BeforeEach
    void build() {
        build(environment, new Configuration());
    }

    private static void build(StreamExecutionEnvironment environment, Configuration options) {
        BackupConfig config = BackupConfig.from(
                options.set(BackupOptions.INCLUDE, ".*"),
                new KafkaConnection("unused:9092", Map.of()),
                StorageLocation.parse("/unused"));
        BackupJob.build(environment, config, new BackupRoot(BackupRoot.FORMAT_VERSION, "cluster", Instant.EPOCH));
    }

    /** Renaming one of these makes every savepoint unusable that exists. */
    @Test
    void everyOperatorHasTheUidThatItHadInTheFirstRelease() {
        assertThat(environment.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrder(
                        "kafka-topics", "segments", "snapshots", "snapshots-end", "maintenance", "maintenance-end");
    }

    @Test
    void maintenanceThatIsSwitchedOffIsNoPartOfTheJob() {
        StreamExecutionEnvironment without = new StreamExecutionEnvironment();
        build(without, new Configuration().set(MaintenanceOptions.MAINTENANCE, "off"));

        assertThat(without.getStreamGraph().getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .containsExactlyInAnyOrder("kafka-topics", "segments", "snapshots", "snapshots-end");
    }

    @Test
    void noUidIsMadeUpByFlink() {
        assertThat(environment.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS))
                .isFalse();
    }

    @Test
    void noTypeFallsBackToKryo() {
        assertThat(environment.getConfiguration().get(PipelineOptions.GENERIC_TYPES))
                .isFalse();
    }

    /** A partition never leaves its subtask, so that its uploads follow one another. */
    @Test
    void sourcesAndSinksAreChained() {
        assertThat(environment.getStreamGraph().getJobGraph().getVertices())
                .extracting(vertex -> vertex.getOperatorIDs().size())
                .containsExactlyInAnyOrder(2, 2, 2);
    }
}
