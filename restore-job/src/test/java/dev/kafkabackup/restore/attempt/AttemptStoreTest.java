// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttemptStoreTest {

    @TempDir
    Path folder;

    private BackupStorage storage;
    private AttemptStore attempts;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
        attempts = new AttemptStore(storage, "x");
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void eachAttemptIsNewerThanThoseBeforeAndOnlyTheNewestMayGoOn() throws IOException {
        assertThat(attempts.newest()).isEmpty();
        AttemptId first = attempts.begin(Instant.EPOCH, true);
        assertThat(first.number()).isEqualTo(1);
        attempts.requireNewest(first);

        AttemptId second = attempts.begin(Instant.EPOCH, true);

        assertThat(second.number()).isEqualTo(2);
        assertThat(attempts.newest()).contains(second);
        attempts.requireNewest(second);
        assertThatThrownBy(() -> attempts.requireNewest(first))
                .isInstanceOf(RefusedException.class)
                .hasMessage(
                        "Restore x was started again meanwhile (attempt %s): this run (attempt %s) has stopped without another commit",
                        second, first);
    }

    @Test
    void ofTwoAttemptsThatWereBegunAtTheSameMomentExactlyOneMayGoOn() throws IOException {
        AttemptId one = new AttemptId(10, "7fff");
        AttemptId other = new AttemptId(10, "8000");
        for (AttemptId attempt : List.of(new AttemptId(9, "ffff"), other, one)) {
            storage.publish("restores/x/attempts/" + attempt + ".json", ObjectContent.of(new byte[] {1}));
        }

        assertThatThrownBy(() -> attempts.requireNewest(one)).isInstanceOf(RefusedException.class);
        assertThatCode(() -> attempts.requireNewest(other)).doesNotThrowAnyException();
    }

    @Test
    void positionsAreKeptPerAttempt() throws IOException {
        TopicPartition complete = new TopicPartition("restored", 0);
        TopicPartition half = new TopicPartition("restored", 1);
        TargetPosition left =
                TargetPosition.at(half, new SourcePosition("orders", Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 1, 42));
        AttemptId attempt = attempts.begin(Instant.EPOCH, true);
        assertThat(attempts.positions(attempt)).isEmpty();

        attempts.savePositions(attempt, List.of(TargetPosition.complete(complete), left));

        assertThat(attempts.positions(attempt))
                .isEqualTo(Map.of(complete, TargetPosition.complete(complete), half, left));
        assertThat(attempts.transactions(attempt)).isTrue();
        AttemptId next = attempts.begin(Instant.EPOCH, false);
        assertThat(attempts.positions(next)).isEmpty();
        assertThat(attempts.transactions(next)).isFalse();
    }

    @Test
    void whatIsNoAttemptIsIgnored() throws IOException {
        for (String name : List.of("0-ffff.json", "99-ffff", "99-fffff.json", "notes.json")) {
            storage.publish("restores/x/attempts/" + name, ObjectContent.of(new byte[] {1}));
        }

        assertThat(attempts.newest()).isEmpty();
    }
}
