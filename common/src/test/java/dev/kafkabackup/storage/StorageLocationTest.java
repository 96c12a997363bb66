// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.UsageException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StorageLocationTest {

    @ParameterizedTest
    @CsvSource({
        "/backup, file:///backup, RENAME",
        "/backup/, file:///backup, RENAME",
        "/a/../backup/./x, file:///backup/x, RENAME",
        "/my backup, file:///my%20backup, RENAME",
        "/100% sure #1?, file:///100%25%20sure%20%231%3F, RENAME",
        "/, file:///, RENAME",
        "file:///backup/, file:///backup, RENAME",
        "file:/backup, file:/backup, RENAME",
        "s3://bucket, s3://bucket, PUT",
        "s3://bucket/, s3://bucket, PUT",
        "s3://bucket/folder/, s3://bucket/folder, PUT",
        "s3a://bucket/folder, s3a://bucket/folder, PUT",
        "gs://bucket/folder, gs://bucket/folder, PUT",
        "oss://bucket/folder, oss://bucket/folder, PUT",
        "hdfs://name-node:8020/folder, hdfs://name-node:8020/folder, RENAME",
        "abfss://container@account.dfs.core.windows.net/x, abfss://container@account.dfs.core.windows.net/x, RENAME",
    })
    void pathsAndUrisAreUnderstood(String storage, URI root, PublishMode publishMode) {
        assertThat(StorageLocation.parse(storage))
                .isEqualTo(new StorageLocation(root, publishMode, Duration.ofSeconds(30)));
    }

    @Test
    void aRelativePathIsBelowTheWorkingFolder() {
        assertThat(StorageLocation.parse("some/backup").root())
                .isEqualTo(Path.of("").toAbsolutePath().resolve("some/backup").toUri());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ftp://host/x|It is not known how files of scheme 'ftp' become visible: add --publish put (object store) or --publish rename (file system)",
                "s3:bucket|Storage 's3:bucket' has no path: write it like s3://bucket/folder or file:///folder",
                "s3://buck et/x|Storage 's3://buck et/x' is not a URI: Illegal character in authority at index 5: s3://buck et/x",
                "s3://bucket/a?b|Storage 's3://bucket/a?b' has a part behind ? or #: write them as %3F and %23",
                "file:///a#b|Storage 'file:///a#b' has a part behind ? or #: write them as %3F and %23",
                "file://backup/x|Storage 'file://backup/x' names a host, backup: write file:///folder, with three slashes",
                "''|Storage is empty: write it like s3://bucket/folder or /folder",
                "' '|Storage is empty: write it like s3://bucket/folder or /folder",
                "/a\0b|Storage is neither a URI nor a path: Nul character not allowed",
            })
    void whatIsNeitherIsWrongUsageAndSaysWhy(String storage, String message) {
        assertThatThrownBy(() -> StorageLocation.parse(storage))
                .isInstanceOfSatisfying(
                        UsageException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                .hasMessage(message);
    }
}
