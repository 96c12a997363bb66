// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.metadata.storage.Formatter;

/** Kafka's data folder of the single node: formatted once, then the home of its cluster id. */
final class DataFolder {

    private DataFolder() {}

    /**
     * Formats the folder for a new cluster unless it belongs to one already.
     *
     * @return the id of the cluster that the folder belongs to
     */
    static String format(Path folder, String newClusterId) throws IOException {
        Optional<String> existing = clusterId(folder);
        if (existing.isPresent()) {
            return existing.get();
        }
        try {
            new Formatter()
                    .setNodeId(RunningNode.NODE_ID)
                    .setClusterId(newClusterId)
                    .addDirectory(folder.toString())
                    .setMetadataLogDirectory(folder.toString())
                    .setControllerListenerName(Loopback.CONTROLLER)
                    .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                    .run();
        } catch (Exception e) {
            throw new IOException("Folder " + folder + " cannot be formatted for a Kafka broker: " + e.getMessage(), e);
        }
        return newClusterId;
    }

    private static Optional<String> clusterId(Path folder) throws IOException {
        MetaPropertiesEnsemble found = new MetaPropertiesEnsemble.Loader()
                .addMetadataLogDir(folder.toString())
                .addLogDirs(List.of(folder.toString()))
                .load();
        return found.clusterId();
    }
}
