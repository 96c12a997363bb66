// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.restore.plan.Damage;
import dev.kafkabackup.restore.report.DeliveryReport;
import dev.kafkabackup.restore.report.PartitionReport;
import dev.kafkabackup.restore.report.RestoreReport;
import dev.kafkabackup.restore.report.TopicReport;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.restore.select.TimeRange;
import dev.kafkabackup.restore.sink.Delivery;
import dev.kafkabackup.restore.topicconfig.ConfigDifference;
import dev.kafkabackup.restore.topicconfig.TargetConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class RestoreReportTableTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;

    @BeforeEach
    void catchWhatIsPrinted() {
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        System.setErr(System.out);
    }

    @AfterEach
    void restoreTheTerminal() {
        System.setOut(out);
        System.setErr(err);
    }

    private List<String> lines(RestoreReport report) {
        RestoreReportTable.print(report, false);
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static RestoreReport report(
            DeliveryReport delivery,
            RecordSelection selection,
            @Nullable TargetConfiguration configuration,
            List<Damage> skipped,
            PartitionReport... partitions) {
        return new RestoreReport(
                "r1",
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(4),
                4,
                delivery,
                30,
                8_000_000,
                2,
                List.of(new TopicReport(
                        "orders", List.of(ID), "copy", configuration, selection, 30, 8_000_000, List.of(partitions))),
                skipped);
    }

    private static PartitionReport whole(int partition) {
        return new PartitionReport(partition, ID, 30, 0L, 29L, 100L, 130L, 0, List.of(), 0, 0);
    }

    @Test
    void aWholeRestoreIsATableAndAFewFigures() {
        assertThat(lines(report(
                        new DeliveryReport(Delivery.EXACTLY_ONCE, false, null),
                        RecordSelection.ALL,
                        null,
                        List.of(),
                        whole(0),
                        new PartitionReport(1, ID, 0, null, null, null, null, 0, List.of(), 0, 0))))
                .containsExactly(
                        "TARGET  PARTITION  TOPIC   TOPIC ID                RECORDS  SOURCE OFFSETS  TARGET OFFSETS",
                        "copy            0  orders  MWJ6FHTfRYy67jzwZdeqSQ       30  0 - 29          100 - 130",
                        "copy            1  orders  MWJ6FHTfRYy67jzwZdeqSQ        0",
                        "Restored 30 records in 4.0 s; read 8000000 bytes of segments, 2.0 MB/s; offset map and report are in restores/r1 of the backup");
    }

    @Test
    void theTimeOfARestoreThatWasInterruptedIsSaidToHoldTheInterruptions() {
        assertThat(lines(report(
                        new DeliveryReport(Delivery.EXACTLY_ONCE, true, null),
                        RecordSelection.ALL,
                        null,
                        List.of(),
                        whole(0))))
                .last()
                .asString()
                .startsWith(
                        "Restored 30 records in 4.0 s since its first start, interruptions included; read 8000000 bytes");
    }

    @Test
    void whatWasLeftOutIsSaidWithItsReason() {
        PartitionReport partial = new PartitionReport(
                0, ID, 30, 0L, 49L, 100L, 130L, 20, List.of(new OffsetRange(40, 45), new OffsetRange(47, 48)), 3, 4);
        Damage damage = new Damage(0, ID, "topics/x.parquet", new OffsetRange(60, 70), "a bit is wrong");

        assertThat(lines(report(
                        new DeliveryReport(Delivery.EXACTLY_ONCE, false, null),
                        RecordSelection.of(TimeRange.from(0)),
                        null,
                        List.of(damage),
                        partial)))
                .contains(
                        "Left out of orders-0 (%s): up to 20 records of the segments that were read: they were not selected"
                                .formatted(ID),
                        "Left out of orders-0 (%s): offsets that are not in the backup: [40, 45) [47, 48)"
                                .formatted(ID),
                        "Left out of orders-0 (%s): 3 records without a timestamp, which no time range selects"
                                .formatted(ID),
                        "Restored of orders-0 (%s) with the timestamp 0: 4 records that have none".formatted(ID),
                        "Left out because of damage: " + damage);
    }

    @Test
    void withoutTransactionsItIsSaidWhetherTheRestoreWasInterrupted() {
        assertThat(lines(report(
                        new DeliveryReport(Delivery.AT_LEAST_ONCE, false, 0L),
                        RecordSelection.ALL,
                        null,
                        List.of(),
                        whole(0))))
                .contains("The restore used no transactions: no record is in the targets twice");
        assertThat(lines(report(
                        new DeliveryReport(Delivery.AT_LEAST_ONCE, true, 7L),
                        RecordSelection.ALL,
                        null,
                        List.of(),
                        whole(0))))
                .contains(
                        "The restore was interrupted and used no transactions: up to 7 records are in the targets twice");
    }

    @Test
    void aConfigurationThatIsNotAsItWasIsShownWithTheWayBack() {
        TargetConfiguration protecting =
                new TargetConfiguration(true, List.of(new ConfigDifference("retention.ms", "-1", "60000")));

        assertThat(lines(report(
                        new DeliveryReport(Delivery.EXACTLY_ONCE, false, null),
                        RecordSelection.ALL,
                        protecting,
                        List.of(),
                        whole(0))))
                .anyMatch(line -> line.startsWith("Configuration of copy differs from the original: retention.ms")
                        && line.endsWith(". restore --restore-id r1 --finalize puts the original values in place"));
    }
}
