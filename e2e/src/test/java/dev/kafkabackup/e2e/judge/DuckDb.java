// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;

/** An in-memory DuckDB, as the judges use it. */
final class DuckDb {

    private DuckDb() {}

    /** A connection that looks for nothing on the network. */
    static Connection connect() {
        try {
            Connection connection = DriverManager.getConnection("jdbc:duckdb:");
            try (Statement statement = connection.createStatement()) {
                statement.execute("set autoinstall_known_extensions = false");
                // A test may change an object between two looks at it.
                statement.execute("set enable_external_file_cache = false");
                statement.execute("set memory_limit = '2GB'");
            }
            return connection;
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB does not start", e);
        }
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException("DuckDB does not stop", e);
        }
    }

    /** The files as a list literal. */
    static String list(List<Path> files) {
        return files.stream()
                .map(file -> "'" + file.toString().replace("'", "''") + "'")
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
