// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.cli.embedded.CheckpointFolder;
import dev.kafkabackup.cli.embedded.EmbeddedFlink;
import dev.kafkabackup.cli.embedded.StopSignal;
import dev.kafkabackup.cli.flink.Flink;
import dev.kafkabackup.cli.session.FlinkAddress;
import dev.kafkabackup.cli.session.SessionCluster;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The command's own choice: a Flink in this process, or a session cluster. */
public final class FlinkOptions implements FlinkChoice {

    /** Set by the launcher: where the distribution is. */
    private static final String HOME = "kafka-backup.home";

    private static final URI NO_JAR = URI.create("file:///");

    private static final int DEFAULT_WEB_PORT = 8081;

    @Option(
            names = "--flink",
            paramLabel = "HOST:PORT",
            converter = AddressConverter.class,
            description =
                    "Run the job on this Flink session cluster, given as the address of its web UI, instead of in this process.")
    private @Nullable FlinkAddress address;

    @Option(
            names = "--detached",
            description = "With --flink: end when the job is submitted, instead of waiting for its end.")
    private boolean detached;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "First port to try for the web UI of a Flink in this process, on loopback. Default: "
                    + DEFAULT_WEB_PORT + ".")
    private @Nullable Integer webPort;

    /** Whether the job runs in this process. */
    public boolean isEmbedded() {
        return address == null;
    }

    @Override
    public Configuration initialize(StorageOptions storage) {
        if (address == null && detached) {
            throw new UsageException("--detached needs --flink: a job in this process ends with it");
        }
        if (address != null && webPort != null) {
            throw new UsageException("--web-port and --flink exclude each other: the cluster has its web UI already");
        }
        Configuration flinkConf = storage.initializeFileSystems();
        if (address != null) {
            // now, and not when targets are made ready already
            SessionCluster.connect(address, flinkConf, 0, NO_JAR).close();
        }
        return flinkConf;
    }

    @Override
    public int defaultParallelism() {
        return Math.max(1, Math.min(4, Runtime.getRuntime().availableProcessors()));
    }

    @Override
    public Flink start(Configuration flinkConf, int parallelism, String jobJar) {
        return address == null
                ? startEmbedded(flinkConf, parallelism, null)
                : SessionCluster.connect(
                        address, flinkConf, parallelism, jar(jobJar).toUri());
    }

    /** Starts a Flink in this process. */
    public EmbeddedFlink startEmbedded(
            Configuration flinkConf, int parallelism, @Nullable CheckpointFolder checkpoints) {
        return EmbeddedFlink.start(flinkConf, parallelism, webPort == null ? DEFAULT_WEB_PORT : webPort, checkpoints);
    }

    private static Path jar(String name) {
        Path jar = Path.of(System.getProperty(HOME, ""))
                .resolve("jobs")
                .resolve(name)
                .toAbsolutePath();
        if (!Files.isReadable(jar)) {
            throw new FailedException("There is no " + jar + ": run the command by its launcher, ./kafka-backup");
        }
        return jar;
    }

    @Override
    public boolean follows() {
        return !detached;
    }

    @Override
    public CompletableFuture<String> stopSignal() {
        return StopSignal.install();
    }

    private static final class AddressConverter implements ITypeConverter<FlinkAddress> {

        @Override
        public FlinkAddress convert(String text) {
            try {
                return FlinkAddress.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
