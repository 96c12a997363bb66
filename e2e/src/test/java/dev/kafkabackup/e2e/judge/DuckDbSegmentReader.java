// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import dev.kafkabackup.testing.ProducedRecord;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/** Reads segments with SQL. */
final class DuckDbSegmentReader implements SegmentReader {

    private final Connection connection = DuckDb.connect();

    @Override
    public void read(List<Path> segments, Consumer<StoredRecord> action) {
        if (segments.isEmpty()) {
            return;
        }
        String query = """
                select "offset", epoch_ms("timestamp"), timestamp_type, coalesce(leader_epoch, -1), key, value,
                       [header.key for header in headers], [header.value for header in headers], parse_filename(filename)
                from read_parquet(%s, filename = true, hive_partitioning = false)
                order by "offset", coalesce(leader_epoch, -1), filename
                """.formatted(DuckDb.list(segments));
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                action.accept(new StoredRecord(record(rows), rows.getInt(4), rows.getString(9)));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "DuckDB cannot read " + segments.get(0).getParent() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public SegmentFacts facts(Path segment) {
        String query = """
                select count(*), coalesce(min("offset"), -1), coalesce(max("offset"), -1),
                       coalesce(min(millis) filter (millis >= 0), -1),
                       coalesce(max(millis) filter (millis >= 0), -1),
                       coalesce(max(leader_epoch), -1), coalesce(bool_and("offset" > before), true)
                from (select "offset", epoch_ms("timestamp") as millis, leader_epoch,
                             lag("offset") over (order by file_row_number) as before
                      from read_parquet(?, file_row_number = true, hive_partitioning = false))
                """;
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, segment.toString());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new SegmentFacts(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5),
                        row.getInt(6),
                        row.getBoolean(7),
                        footer(segment));
            }
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB cannot read " + segment + ": " + e.getMessage(), e);
        }
    }

    private Map<String, String> footer(Path segment) throws SQLException {
        Map<String, String> footer = new HashMap<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select decode(key), decode(value) from parquet_kv_metadata(?)")) {
            statement.setString(1, segment.toString());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    footer.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return footer;
    }

    private static ProducedRecord record(ResultSet row) throws SQLException {
        return new ProducedRecord(
                row.getLong(1),
                row.getLong(2),
                TimestampTypes.of(row.getInt(3)),
                bytes(row.getBlob(5)),
                bytes(row.getBlob(6)),
                headers(row.getArray(7), row.getArray(8)));
    }

    private static List<Header> headers(Array keys, Array values) throws SQLException {
        Object[] keyArray = (Object[]) keys.getArray();
        Object[] valueArray = (Object[]) values.getArray();
        List<Header> headers = new ArrayList<>(keyArray.length);
        for (int i = 0; i < keyArray.length; i++) {
            headers.add(new RecordHeader((String) keyArray[i], bytes((Blob) valueArray[i])));
        }
        return headers;
    }

    private static byte @Nullable [] bytes(@Nullable Blob blob) throws SQLException {
        return blob == null ? null : blob.getBytes(1, (int) blob.length());
    }

    @Override
    public void close() {
        DuckDb.close(connection);
    }
}
