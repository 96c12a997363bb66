// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.restore.source.SegmentSource;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.util.OptionalFailure;
import org.apache.flink.util.SerializedValue;
import org.junit.jupiter.api.Test;

class JobEndTest {

    @Test
    void aRestoreThatWasStoppedWithASavepointIsNoSuccessAlthoughFlinkSaysSo() throws IOException {
        JobResult stopped = finished(Map.of(SegmentSource.STILL_READING, 1.0));

        assertThatThrownBy(() -> JobEnd.requireSuccess(stopped))
                .isInstanceOf(FailedException.class)
                .hasMessage(
                        "The job was stopped with a savepoint before everything was restored: start it again with the same --restore-id");
    }

    @Test
    void aRestoreThatHasReadEverythingAndAnyOtherJobAreSuccesses() throws IOException {
        JobResult complete = finished(Map.of(SegmentSource.STILL_READING, 0.0));
        JobResult other = finished(Map.of());

        assertThatCode(() -> JobEnd.requireSuccess(complete)).doesNotThrowAnyException();
        assertThatCode(() -> JobEnd.requireSuccess(other)).doesNotThrowAnyException();
    }

    private static JobResult finished(Map<String, Double> accumulators) throws IOException {
        Map<String, SerializedValue<OptionalFailure<Object>>> serialized = new HashMap<>();
        for (Map.Entry<String, Double> accumulator : accumulators.entrySet()) {
            serialized.put(accumulator.getKey(), new SerializedValue<>(OptionalFailure.of(accumulator.getValue())));
        }
        return new JobResult.Builder()
                .jobId(new JobID())
                .jobStatus(JobStatus.FINISHED)
                .accumulatorResults(serialized)
                .netRuntime(1)
                .build();
    }
}
