// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The reader in SQL of {@code docs/format.md}, run as it stands on the page, on a root of one's own. */
public final class FormatPage implements AutoCloseable {

    private static final Path PAGE =
            Path.of("..", "docs", "format.md").toAbsolutePath().normalize();
    private static final Pattern STATEMENT = Pattern.compile("(?ms)^```sql$\\n(.*?)^```$");

    private static final String ROOT = "/backups/prod";
    private static final String RESTORE_ID = "20260301-121500-k3f9";
    private static final String MOMENT = "TIMESTAMP '2026-03-01 12:00:00'";

    private final Connection connection = DuckDb.connect();

    /**
     * Runs the statements that have their objects.
     *
     * @param root of the backup
     * @param restoreId of a restore, instead of the one on the page
     * @param moment of group snapshots, as SQL, instead of the one on the page
     */
    public FormatPage(Path root, String restoreId, String moment) throws IOException, SQLException {
        List<String> statements = STATEMENT
                .matcher(Files.readString(PAGE))
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
        for (String statement : statements) {
            boolean ofOthers = statement.contains("/groups/")
                    || statement.contains("/restores/")
                    || statement.contains("/meta/")
                    || statement.contains("VIEW groups");
            if (ofOthers && !Files.isDirectory(root.resolve("groups"))) {
                continue;
            }
            try (Statement sql = connection.createStatement()) {
                sql.execute(statement
                        .replace(ROOT, root.toString())
                        .replace(RESTORE_ID, restoreId)
                        .replace(MOMENT, moment));
            }
        }
    }

    /** All rows, each cell as text. */
    public List<List<String>> query(String sql) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(String.valueOf(result.getObject(column)));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    @Override
    public void close() {
        DuckDb.close(connection);
    }
}
