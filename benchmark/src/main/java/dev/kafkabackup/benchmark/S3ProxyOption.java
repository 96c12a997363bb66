// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import dev.kafkabackup.benchmark.process.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of the measurements that need an S3 server. */
final class S3ProxyOption {

    @Option(
            names = "--s3proxy",
            defaultValue = "benchmark/target/s3proxy/s3proxy.jar",
            description = "The S3 server to start.")
    private Path s3proxy = Path.of("benchmark/target/s3proxy/s3proxy.jar");

    /** Starts it; it keeps its objects below the folder. */
    S3Server start(Path data) throws IOException, InterruptedException {
        return S3Server.start(data, s3proxy.toAbsolutePath());
    }
}
