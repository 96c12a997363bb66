// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

import java.util.List;
import org.apache.flink.configuration.Configuration;

/** Which settings in a Flink configuration are about jobs, whatever Flink runs them. */
public final class FlinkSettings {

    /** How jobs behave, what they report and how they reach others; not where processes listen or keep their files. */
    private static final List<String> OF_JOBS = List.of(
            "execution.", "restart-strategy.", "state.", "pipeline.", "metrics.", "security.", "taskmanager.network.");

    /** Of a cluster, which a Flink in this process must not write to or begin with. */
    private static final List<String> OF_ONE_CLUSTER = List.of(
            "execution.checkpointing.dir",
            "execution.checkpointing.savepoint-dir",
            "execution.checkpointing.storage",
            "execution.state-recovery.",
            "execution.target",
            "execution.attached",
            "state.checkpoint",
            "state.savepoints.",
            "state.backend.local-recovery",
            "state.backend.rocksdb.localdir");

    private FlinkSettings() {}

    /**
     * What a configuration says about jobs. The configuration of a cluster may be given to a Flink in this process: its
     * addresses, memory and folders are left out, and so are the settings of file systems, which this process has
     * already and the web UI would show.
     */
    public static Configuration ofJobs(Configuration flinkConf) {
        Configuration configuration = new Configuration(flinkConf);
        for (String key : flinkConf.keySet()) {
            if (!beginsWithOne(key, OF_JOBS) || beginsWithOne(key, OF_ONE_CLUSTER)) {
                configuration.removeKey(key);
            }
        }
        return configuration;
    }

    /**
     * The same without reporters of metrics, which open ports: for a configuration that lies there and that nobody has
     * asked for.
     */
    public static Configuration withoutReporters(Configuration flinkConf) {
        Configuration configuration = new Configuration(flinkConf);
        for (String key : flinkConf.keySet()) {
            if (key.startsWith("metrics.reporter")) {
                configuration.removeKey(key);
            }
        }
        return configuration;
    }

    private static boolean beginsWithOne(String key, List<String> beginnings) {
        return beginnings.stream().anyMatch(key::startsWith);
    }
}
