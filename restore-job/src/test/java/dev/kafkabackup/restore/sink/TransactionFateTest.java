// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.Set;
import org.apache.flink.connector.kafka.sink.KafkaCommittable;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactionFateTest {

    private static final KafkaCommittable OURS = new KafkaCommittable(4711, (short) 3, "restore-0-7", null);

    private static TransactionFate fate(TransactionState state, long producerId, int epoch) {
        return TransactionFate.of(
                new TransactionDescription(0, state, producerId, epoch, 900_000, OptionalLong.empty(), Set.of()), OURS);
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETE_COMMIT, 3, COMMITTED",
        "COMPLETE_COMMIT, 4, COMMITTED",
        "PREPARE_COMMIT, 3, UNDECIDED",
        "PREPARE_COMMIT, 4, UNDECIDED",
        "ONGOING, 3, UNDECIDED",
        "ONGOING, 4, LOST",
        "PREPARE_ABORT, 3, LOST",
        "PREPARE_ABORT, 4, LOST",
        "COMPLETE_ABORT, 3, LOST",
        "COMPLETE_ABORT, 4, LOST",
        "PREPARE_EPOCH_FENCE, 4, LOST",
        "EMPTY, 4, LOST",
        "UNKNOWN, 3, LOST",
        "COMPLETE_COMMIT, 2, LOST",
        "COMPLETE_COMMIT, 5, LOST"
    })
    void theCoordinatorsWordDecides(TransactionState state, int epoch, TransactionFate expected) {
        assertThat(fate(state, OURS.getProducerId(), epoch)).isEqualTo(expected);
    }

    @Test
    void anotherProducersCommitSaysNothingAboutOurs() {
        assertThat(fate(TransactionState.COMPLETE_COMMIT, 4712, 3)).isEqualTo(TransactionFate.LOST);
    }
}
