// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.ProducedRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A judge is satisfied with segments that are what they say, and that fit together, and with no others. */
@ParameterizedClass
@EnumSource(JudgedBackup.Opinion.class)
class JudgedSegmentsTest extends JudgedBackup {

    @Test
    void aTrueBackupPasses() throws Exception {
        write(0, 5, SampleRecords.records(0, 5));
        write(5, 12, SampleRecords.records(5, 10));
        write(12, 20, List.of());

        judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID);
        judge().assertNoOverlap(TOPIC, ID);
        judge().assertContiguous(TOPIC, ID);
        assertThat(judge().incarnations(TOPIC)).containsExactly(ID);
        assertThat(judge().visibleTemporaryFiles()).isEmpty();
    }

    @Test
    void overlappingSegmentsThatAgreePass() throws Exception {
        write(0, 6, SampleRecords.records(0, 6));
        write(4, 10, SampleRecords.records(4, 10));

        judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID);
        judge().assertContiguous(TOPIC, ID);
        assertThatThrownBy(() -> judge().assertNoOverlap(TOPIC, ID))
                .hasMessageContaining("partition 3: segments [0, 6) and [4, 10) overlap");
    }

    @Test
    void aNameThatIsNotTrueIsFound() throws Exception {
        Path segment = write(0, 10, SampleRecords.records(0, 10));
        String first = "_%d_".formatted(SampleRecords.record(0).timestamp());
        String last = "_%d_".formatted(SampleRecords.record(9).timestamp());

        assertWrongName(segment, "_10_", "_11_", "says record count 11, but it is 10");
        assertWrongName(segment, last, "_1699999999999_", "says smallest timestamp 1699999999999, but it is");
        assertWrongName(segment, first, "_1800000000000_", "says largest timestamp 1800000000000, but it is");
        assertWrongName(segment, "010_2_", "010_1_", "says leader epoch 1, but a record has 2");
        assertWrongName(segment, "010_2_", "009_2_", "holds offsets from 0 to 9, outside of its range");
        assertWrongName(segment, "010_2_", "011_2_", "has kafka-backup.end-offset 10 in its footer instead of 11");
        assertWrongName(segment, ".parquet", "0.parquet", "0 bytes, but has");
        assertWrongName(segment, ".parquet", ".pq", "is not the name of a segment");
    }

    @Test
    void aFooterThatIsNotTrueIsFound() throws Exception {
        backup().write(
                        0,
                        10,
                        2,
                        SampleRecords.records(0, 10),
                        Map.of("kafka-backup.topic-id", "MWJ6FHTfRYy67jzwZdeqSQ"));

        assertComplaint(
                "has kafka-backup.topic-id MWJ6FHTfRYy67jzwZdeqSQ in its footer instead of -_JWJ6FHTfRYy67jzwZdeg");
    }

    @Test
    void anObjectOfAnotherSizeThanItsNameIsNoSegment() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        Path broken = write(10, 12, SampleRecords.records(10, 12));
        Files.write(broken, new byte[10]);

        assertThat(judge().segments(TOPIC, ID).get(3)).hasSize(1);
        judge().assertRecords(log(SampleRecords.records(0, 10)), TOPIC, ID);
        assertComplaint("bytes, but has 10");
    }

    @Test
    void segmentsOfOneEpochThatDisagreeAreFound() throws Exception {
        write(0, 10, SampleRecords.records(0, 10));
        List<ProducedRecord> other = SampleRecords.records(4, 5);
        other.set(0, SampleRecords.changed(SampleRecords.record(4), null, SampleRecords.bytes("other"), List.of()));
        write(4, 5, other);

        assertComplaint(" disagree: key was produced as");
    }

    @Test
    void ofSeveralEpochsTheHighestCountsFromItsStartOn() throws Exception {
        backup().write(0, 8, 2, SampleRecords.records(0, 8));
        ProducedRecord other = SampleRecords.changed(
                SampleRecords.record(4), null, SampleRecords.bytes("of the new leader"), List.of());
        backup().write(4, 5, 3, List.of(other));
        List<ProducedRecord> expected = SampleRecords.records(0, 4);
        expected.add(other);

        judge().assertComplete(log(expected), TOPIC, ID);
    }

    @Test
    void asFarAsCoveredMissesNothingBehindTheLastSegment() throws Exception {
        write(0, 8, SampleRecords.records(0, 8));
        ProducedLog log = log(SampleRecords.records(0, 10));

        judge().assertCompleteAsFarAsCovered(log, TOPIC, ID);
        assertComplaint("offset 8: was produced, but is missing");

        write(8, 10, SampleRecords.records(9, 10));
        assertThatThrownBy(() -> judge().assertCompleteAsFarAsCovered(log, TOPIC, ID))
                .hasMessageContaining("offset 8: was produced, but is missing");
    }

    @Test
    void anUncoveredRangeIsFound() throws Exception {
        write(0, 4, SampleRecords.records(0, 4));
        write(6, 10, SampleRecords.records(6, 10));

        assertThatThrownBy(() -> judge().assertContiguous(TOPIC, ID))
                .hasMessageContaining("partition 3: nothing covers [4, 6)");
    }

    @Test
    void temporaryFilesAreListed() throws Exception {
        Path segment = write(0, 4, SampleRecords.records(0, 4));
        Path temporary = Files.createFile(segment.resolveSibling("." + segment.getFileName() + ".tmp-1"));

        assertThat(judge().visibleTemporaryFiles()).containsExactly(temporary);
        judge().assertComplete(log(SampleRecords.records(0, 4)), TOPIC, ID);
    }

    @Test
    void tenDifferencesAreShownAndTheRestIsCounted() throws Exception {
        write(0, 1, SampleRecords.records(0, 1));

        assertThatThrownBy(() -> judge().assertComplete(log(SampleRecords.records(0, 100)), TOPIC, ID))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("99 differences")
                .hasMessageContaining("offset 10:")
                .hasMessageNotContaining("offset 11:")
                .hasMessageEndingWith("and 89 more");
    }

    private void assertWrongName(Path segment, String part, String replacement, String complaint) throws IOException {
        String name = segment.getFileName().toString();
        assertThat(name).contains(part);
        Path renamed = Files.move(segment, segment.resolveSibling(name.replace(part, replacement)));
        assertComplaint(complaint);
        Files.move(renamed, segment);
        assertThatCode(() -> judge().assertComplete(log(SampleRecords.records(0, 10)), TOPIC, ID))
                .doesNotThrowAnyException();
    }
}
