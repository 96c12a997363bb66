// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.cli.progress.Screen;
import dev.kafkabackup.cli.progress.Shown;
import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.BackupVerification;
import dev.kafkabackup.inspection.verify.Finding;
import dev.kafkabackup.inspection.verify.Healing;
import dev.kafkabackup.inspection.verify.PartitionResult;
import dev.kafkabackup.inspection.verify.VerificationProgress;
import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * {@code verify} of the backup itself.
 *
 * @param location where the backup lies
 * @param topic the only topic that is looked at; null for all
 * @param deep whether every byte is read
 * @param heal whether what is wrong is read from Kafka again
 * @param ownGroup the backup's own consumer group, which is in no group snapshot
 * @param allowGaps whether gaps that Kafka made are no failure
 * @param json whether the result is printed as JSON
 * @param parallelism partitions at the same time
 */
record BackupCheck(
        StorageLocation location,
        @Nullable String topic,
        boolean deep,
        boolean heal,
        String ownGroup,
        boolean allowGaps,
        boolean json,
        int parallelism) {

    private static final int FINDINGS_SHOWN = 100;

    /** Looks, heals if that is wanted, and prints. */
    ExitCode print(Optional<KafkaConnection> kafka) {
        try (BackupStorage storage = location.open()) {
            BackupRoot root = BackupRoot.require(storage);
            List<String> topics = topics(new Catalog(storage));
            try (@Nullable
                    LiveTopics live = kafka.map(connection -> new LiveTopics(connection, root.clusterId()))
                            .orElse(null)) {
                BackupVerification.Result result = verify(storage, root, live, topics);
                Report report;
                if (heal && live != null && fails(result)) {
                    Healing healing = new Healing(storage, root.clusterId(), live, ownGroup);
                    healing.heal(result);
                    BackupVerification.Result after = verify(storage, root, live, topics);
                    report = report(after, healing.done(), healing.left());
                } else {
                    report = report(result, List.of(), List.of());
                }
                report.print(json);
                return report.ok() ? ExitCode.DONE : ExitCode.FAILED;
            }
        } catch (IOException e) {
            throw new FailedException("The backup in %s cannot be verified: %s".formatted(location, e.getMessage()), e);
        }
    }

    private List<String> topics(Catalog catalog) throws IOException {
        List<String> all = catalog.topics();
        if (topic == null) {
            return all;
        }
        if (!all.contains(topic)) {
            throw new UsageException(
                    "Topic %s is not in the backup in %s; 'topics' lists what is there".formatted(topic, location));
        }
        return List.of(topic);
    }

    private BackupVerification.Result verify(
            BackupStorage storage, BackupRoot root, @Nullable LiveTopics live, List<String> topics) throws IOException {
        VerificationProgress progress = new VerificationProgress();
        Screen screen = Terminal.screen();
        try (BackupVerification verification =
                        new BackupVerification(storage, root.clusterId(), deep, live, parallelism);
                Shown shown = Shown.on(screen, () -> lines(progress, screen))) {
            return verification.run(topics, topic == null, progress);
        }
    }

    private static List<String> lines(VerificationProgress progress, Screen screen) {
        int all = progress.partitions();
        if (all == 0) {
            return List.of();
        }
        long done = progress.partitionsDone();
        String line = String.format(
                Locale.ROOT,
                "%d of %d partitions verified, %,d segments of %,.1f MB",
                done,
                all,
                progress.segments(),
                progress.bytes() / 1e6);
        String live = progress.liveRecords() == 0
                ? ""
                : String.format(Locale.ROOT, ", %,d records of Kafka", progress.liveRecords());
        return List.of(screen.bar((double) done / all) + line + live);
    }

    private boolean fails(BackupVerification.Result result) {
        return result.findings().stream().anyMatch(this::fails);
    }

    private boolean fails(Finding finding) {
        return finding.kind().isWrong() && !(allowGaps && finding.kind() == Finding.Kind.GAP);
    }

    private Report report(BackupVerification.Result result, List<String> healed, List<String> notHealed) {
        return new Report(
                !fails(result) && notHealed.isEmpty(),
                result.partitions().stream().map(Row::of).toList(),
                result.findings(),
                healed,
                notHealed);
    }

    /** As JSON; docs/output.md describes it. */
    record Report(
            boolean ok, List<Row> partitions, List<Finding> findings, List<String> healed, List<String> notHealed) {

        private void print(boolean json) {
            if (json) {
                Terminal.result(this);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            for (Row row : partitions) {
                rows.add(List.of(
                        row.topic,
                        row.topicId.toString(),
                        Integer.toString(row.partition),
                        Long.toString(row.segments),
                        Long.toString(row.records),
                        Long.toString(row.bytes),
                        row.result));
            }
            Table.print(List.of("TOPIC", "TOPIC ID", "PARTITION", "SEGMENTS", "RECORDS", "BYTES", "RESULT"), rows);
            healed.forEach(line -> Terminal.note("Healed: %s", line));
            notHealed.forEach(line -> Terminal.note("kafka-backup: not healed: %s", line));
            findings.stream()
                    .limit(FINDINGS_SHOWN)
                    .forEach(finding -> Terminal.note("kafka-backup: %s", text(finding)));
            if (findings.size() > FINDINGS_SHOWN) {
                Terminal.note("kafka-backup: and %d more findings", findings.size() - FINDINGS_SHOWN);
            }
            Terminal.note(ok ? "The backup is as it should be" : "Something is wrong, see above");
        }

        private static String text(Finding finding) {
            StringBuilder text = new StringBuilder(finding.kind().name()).append(": ");
            String object = finding.object();
            if (object != null) {
                text.append(object).append(": ");
            } else if (finding.partition() != null) {
                text.append(
                        "%s (%s) partition %d: ".formatted(finding.topic(), finding.topicId(), finding.partition()));
            }
            return text.append(finding.what()).toString();
        }
    }

    /** One partition. */
    record Row(String topic, Uuid topicId, int partition, long segments, long records, long bytes, String result) {

        static Row of(PartitionResult result) {
            return new Row(
                    result.partition().topic(),
                    result.partition().topicId(),
                    result.partition().partition(),
                    result.segments(),
                    result.records(),
                    result.bytes(),
                    result.isWrong() ? "wrong" : "ok");
        }
    }
}
