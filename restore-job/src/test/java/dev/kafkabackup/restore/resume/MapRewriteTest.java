// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.offset.OffsetMap;
import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.BackupFixture;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapRewriteTest {

    private static final TopicIdPartition OLD =
            new TopicIdPartition(Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ"), 0, "orders");
    private static final TopicIdPartition NEW =
            new TopicIdPartition(Uuid.fromString("0aTqiGoiQMeDqfWCxAnX9g"), 0, "orders");
    private static final TopicPartition TARGET = new TopicPartition("restored", 0);

    @TempDir
    Path folder;

    @Test
    void theFilesAreThoseThatTheRestoreWritesAfterEachCommit() throws IOException {
        List<OffsetMapRun> firstCommit =
                List.of(new OffsetMapRun(OLD, 10, TARGET, 5, 2), new OffsetMapRun(OLD, 20, TARGET, 7, 1));
        // a transaction's marker takes an offset; the incarnations follow one another
        List<OffsetMapRun> secondCommit =
                List.of(new OffsetMapRun(OLD, 21, TARGET, 9, 1), new OffsetMapRun(NEW, 0, TARGET, 10, 2));
        try (BackupFixture backup = new BackupFixture(folder)) {
            OffsetMapStore written = new OffsetMapStore(backup.storage(), "restores/written");
            written.write(firstCommit);
            written.write(secondCommit);
            OffsetMapStore rewritten = new OffsetMapStore(backup.storage(), "restores/rewritten");
            Set<String> paths = new HashSet<>();
            MapRewrite rewrite = new MapRewrite(rewritten, paths);

            pair(rewrite, OLD, 10, 5);
            pair(rewrite, OLD, 11, 6);
            pair(rewrite, OLD, 20, 7);
            pair(rewrite, OLD, 21, 9);
            pair(rewrite, NEW, 0, 10);
            pair(rewrite, NEW, 1, 11);
            rewrite.end();

            assertThat(paths).isEqualTo(rewritten.files());
            assertThat(names(rewritten.files()))
                    .isEqualTo(names(written.files()))
                    .hasSize(3);
            OffsetMap map = rewritten.read();
            assertThat(map.runs(OLD)).isEqualTo(written.read().runs(OLD)).hasSize(3);
            assertThat(map.runs(NEW)).isEqualTo(written.read().runs(NEW)).hasSize(1);
        }
    }

    private static void pair(MapRewrite rewrite, TopicIdPartition source, long sourceOffset, long targetOffset)
            throws IOException {
        RestoreRecord record = new RestoreRecord(source, TARGET.topic(), BackupFixture.record(sourceOffset, 0));
        assertThat(rewrite.pair(record, TARGET, targetOffset)).isEmpty();
    }

    private static Set<String> names(Set<String> paths) {
        Set<String> names = new HashSet<>();
        paths.forEach(path -> names.add(path.substring(path.lastIndexOf('/'))));
        return names;
    }
}
