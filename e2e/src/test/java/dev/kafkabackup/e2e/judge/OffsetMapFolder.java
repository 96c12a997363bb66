// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;

/** Reads the Parquet files of an offset map with SQL, its runs taken apart into one entry per offset. */
final class OffsetMapFolder {

    /**
     * One offset's way.
     *
     * @param sourcePartition partition of the source topic
     * @param sourceOffset where the record was
     * @param target where it is now
     */
    record Entry(int sourcePartition, long sourceOffset, TargetOffset target) {}

    private OffsetMapFolder() {}

    /** Passes on the entries that lead from the incarnation to the target topic. */
    static void read(Path folder, String topic, Uuid topicId, String target, Consumer<Entry> action) {
        List<Path> files = files(folder);
        if (files.isEmpty()) {
            return;
        }
        String query = """
                select source_partition, source_offset, target_partition, target_offset, length
                from read_parquet(%s)
                where source_topic = ? and source_topic_id = ? and target_topic = ?
                order by source_partition, source_offset
                """.formatted(DuckDb.list(files));
        Connection connection = DuckDb.connect();
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, topic);
            statement.setString(2, topicId.toString());
            statement.setString(3, target);
            try (ResultSet run = statement.executeQuery()) {
                while (run.next()) {
                    for (long i = 0; i < run.getLong(5); i++) {
                        action.accept(new Entry(
                                run.getInt(1),
                                run.getLong(2) + i,
                                new TargetOffset(run.getInt(3), run.getLong(4) + i)));
                    }
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB cannot read the offset map in " + folder, e);
        } finally {
            DuckDb.close(connection);
        }
    }

    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> path.getFileName().toString().endsWith(".parquet"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
