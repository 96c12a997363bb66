// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** S3Proxy, whose objects are files, and which checks signatures. */
class S3ProxyStorageIT extends S3StorageContract {

    private static final Pattern STARTED = Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

    private static final Pattern BEING_WRITTEN = Pattern.compile(".*-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    @Override
    boolean isUnfinished(String fileName) {
        return BEING_WRITTEN.matcher(fileName).matches();
    }

    @Override
    S3Process startServer(Path folder) throws IOException, InterruptedException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path properties =
                Files.writeString(folder.resolve("s3proxy.properties"), """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v2-or-v4
                s3proxy.identity=%s
                s3proxy.credential=%s
                jclouds.provider=filesystem-nio2
                jclouds.filesystem.basedir=%s
                """.formatted(ACCESS_KEY, SECRET_KEY, data));
        return S3Process.start(
                System.getProperty("s3proxy.jar"),
                folder.resolve("s3proxy.log"),
                STARTED,
                "--properties",
                properties.toString());
    }
}
