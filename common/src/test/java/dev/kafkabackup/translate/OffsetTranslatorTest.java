// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.BackupRoot;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetTranslatorTest {

    private static final Uuid TOPIC_ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicIdPartition SOURCE = new TopicIdPartition(TOPIC_ID, 3, "orders");
    private static final TopicPartition TARGET = new TopicPartition("orders-restored", 3);
    private static final String RESTORE_ID = "20260301-121500-k3f9";

    @TempDir
    Path folder;

    @Test
    void aStoredOffsetLeadsToTheRecordThatComesNext() throws IOException {
        write(true);
        OffsetTranslator translator = OffsetTranslator.open(folder.toString(), RESTORE_ID);

        assertThat(translator.translate(TOPIC_ID, 3, 104)).hasValue(new OffsetTranslator.Position(TARGET, 4));
        assertThat(translator.translate(TOPIC_ID, 3, 115))
                .as("in a range that was not restored")
                .hasValue(new OffsetTranslator.Position(TARGET, 12));
        assertThat(translator.translate(TOPIC_ID, 3, 125))
                .as("at the end")
                .hasValue(new OffsetTranslator.Position(TARGET, 17));
        assertThat(translator.translate(TOPIC_ID, 2, 104)).isEmpty();
        assertThat(translator.translate(Uuid.randomUuid(), 3, 104)).isEmpty();
        assertThat(translator.targetOffset(TOPIC_ID, 3, 121)).hasValue(13);
        assertThat(translator.targetOffset(TOPIC_ID, 3, 115)).isEmpty();
    }

    @Test
    void theMapOfAnUnfinishedRestoreIsRefused() throws IOException {
        write(false);

        assertThatThrownBy(() -> OffsetTranslator.open(folder.toString(), RESTORE_ID))
                .isInstanceOf(RefusedException.class)
                .hasMessageStartingWith("Restore " + RESTORE_ID + " in ")
                .hasMessageEndingWith("has no report.json, so its offset map may lack records");
    }

    /** What the documentation shows is what compiles here. */
    @Test
    void theExampleInTheDocumentationIsThisCode() throws IOException {
        String documentation = Files.readString(Path.of("../docs/offsets-elsewhere.md"));
        String source =
                Files.readString(Path.of("src/test/java/dev/kafkabackup/translate/OffsetsElsewhereExample.java"));
        String example = source.substring(source.indexOf("final class OffsetsElsewhereExample"));

        assertThat(documentation).contains("```java\n" + example + "```");
    }

    private void write(boolean finished) throws IOException {
        try (BackupStorage storage = StorageLocation.parse(folder.toString()).open()) {
            BackupRoot.openOrCreate(storage, "cluster", Instant.EPOCH);
            String restore = BackupLayout.restore(RESTORE_ID);
            new OffsetMapStore(storage, restore)
                    .write(List.of(
                            new OffsetMapRun(SOURCE, 100, TARGET, 0, 10),
                            new OffsetMapRun(SOURCE, 120, TARGET, 12, 5)));
            if (finished) {
                storage.publish(
                        restore + "/" + BackupLayout.RESTORE_REPORT,
                        ObjectContent.of("{}".getBytes(StandardCharsets.UTF_8)));
            }
        }
    }
}
