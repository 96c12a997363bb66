// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.RestoreSelection;
import dev.kafkabackup.restore.record.RestoreRecordType;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.resume.Progress;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.sink.ProduceSettings;
import dev.kafkabackup.storage.StorageLocation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Restores whose jobs end in the middle, with all of their state, and that go on until they are complete. */
final class EndingRestores {

    private static final String THE_END = "The end, on purpose";

    private final StorageLocation backup;
    private final String bootstrapServers;
    private int endedHalfway;

    EndingRestores(StorageLocation backup, String bootstrapServers) {
        this.backup = backup;
        this.bootstrapServers = bootstrapServers;
    }

    /** How many jobs have ended when a part of the records was committed. */
    int endedHalfway() {
        return endedHalfway;
    }

    /** @param endings after how many records a job ends; one more runs to its end */
    RestoreReport restore(RestoreSelection selection, List<Integer> endings) throws Exception {
        RestoreConfig config = new RestoreConfig(
                backup,
                new KafkaConnection(bootstrapServers, Map.of()),
                selection.target(),
                2,
                Duration.ofMillis(endings.isEmpty() ? 100 : 10),
                // slow enough that a part is committed when it ends in the middle
                new ProduceSettings(Delivery.EXACTLY_ONCE, endings.isEmpty() ? null : 15_000L));
        for (int records : endings) {
            RecordHook.at(records, () -> {
                throw new SuppressRestartsException(new IllegalStateException(THE_END));
            });
            try (Restore restore = Restore.open(config)) {
                execute(restore, config, beginOrGoOn(restore, selection));
            } catch (JobExecutionException e) {
                assertThat(e).hasStackTraceContaining(THE_END);
            }
            RecordHook.at(Integer.MAX_VALUE, () -> {});
        }
        try (Restore restore = Restore.open(config)) {
            RestorePlan plan = beginOrGoOn(restore, selection);
            execute(restore, config, plan);
            return restore.finish(plan, Instant.now());
        }
    }

    private RestorePlan beginOrGoOn(Restore restore, RestoreSelection selection) {
        Optional<RestorePlan> begun = restore.begun();
        if (begun.isEmpty()) {
            return restore.prepare(restore.plan(List.of(selection)));
        }
        Progress progress = restore.resume(begun.get());
        System.out.println("Goes on behind " + progress);
        endedHalfway += progress.records() > 0 && !progress.complete() ? 1 : 0;
        return begun.get();
    }

    private static void execute(Restore restore, RestoreConfig config, RestorePlan plan) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        RestoreJob.configure(environment, config, plan);
        RestoreJob.sink(
                RestoreJob.source(environment, config, restore.attempt())
                        .map(new RecordHook())
                        .returns(RestoreRecordType.INSTANCE)
                        .name("hook")
                        .uid("hook"),
                config,
                restore.attempt());
        environment.execute();
    }
}
