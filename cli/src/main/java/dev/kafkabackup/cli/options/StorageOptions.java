// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.cli.flink.FlinkSettings;
import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.storage.PublishMode;
import dev.kafkabackup.storage.StorageLocation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.plugin.PluginUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/**
 * Where the backup is, and the Flink configuration that holds endpoints and credentials of the storage.
 *
 * <p>Subcommands inherit these options from their parent, which would otherwise ask for {@code --storage} itself.
 */
public final class StorageOptions {

    private static final Path DEFAULT_FLINK_CONF = Path.of("flink-conf");

    @Option(
            names = "--storage",
            required = true,
            scope = ScopeType.INHERIT,
            paramLabel = "URI",
            description = "Root of the backup: s3://bucket/folder, a local folder, or any URI that Flink knows.")
    private String storage = "";

    @Option(
            names = "--publish",
            scope = ScopeType.INHERIT,
            paramLabel = "put|rename",
            description =
                    "How objects become visible whole, for schemes other than s3, s3a, gs, oss, file, hdfs, abfs, abfss.")
    private @Nullable PublishMode publish;

    @Option(
            names = "--flink-conf",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            description =
                    "Folder with Flink's config.yaml, which holds s3.endpoint and the like. Default: ./flink-conf if there is one, without its metrics reporters.")
    private @Nullable Path flinkConf;

    /**
     * Reads the Flink configuration and makes Flink's file systems ready with it.
     *
     * @throws UsageException if it was asked for and cannot be read
     */
    public Configuration initializeFileSystems() {
        Configuration configuration = readFlinkConf();
        FileSystem.initialize(configuration, PluginUtils.createPluginManagerFromRootFolder(configuration));
        return configuration;
    }

    /** Whether a Flink configuration was asked for. */
    public boolean namesFlinkConf() {
        return flinkConf != null;
    }

    private Configuration readFlinkConf() {
        if (flinkConf == null && !Files.isDirectory(DEFAULT_FLINK_CONF)) {
            return new Configuration();
        }
        Path folder = flinkConf == null ? DEFAULT_FLINK_CONF : flinkConf;
        try {
            Configuration configuration = GlobalConfiguration.loadConfiguration(folder.toString());
            return flinkConf == null ? FlinkSettings.withoutReporters(configuration) : configuration;
        } catch (IllegalConfigurationException e) {
            throw new UsageException("--flink-conf " + folder + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The place that the options name; nothing is read yet. */
    public StorageLocation location() {
        return publish == null ? StorageLocation.parse(storage) : StorageLocation.parse(storage, publish);
    }
}
