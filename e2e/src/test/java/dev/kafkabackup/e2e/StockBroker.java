// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka broker as Kafka itself starts one: its own tool formats the storage, its own main class runs in a process,
 * and every setting that is not about being alone on one machine has Kafka's default.
 */
final class StockBroker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final String bootstrapServers;
    private final Admin admin;

    private StockBroker(Process process, String bootstrapServers) {
        this.process = process;
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    static StockBroker start(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int[] ports = FreePorts.several(2);
        int port = ports[0];
        int controllerPort = ports[1];
        Path properties = Files.writeString(folder.resolve("server.properties"), """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@localhost:%d
                listeners=PLAINTEXT://localhost:%d,CONTROLLER://localhost:%d
                controller.listener.names=CONTROLLER
                log.dirs=%s
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                """.formatted(
                        controllerPort, port, controllerPort, folder.resolve("data")));
        Process format = java(
                folder.resolve("format.log"),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                Uuid.randomUuid().toString(),
                "-c",
                properties.toString());
        assertThat(format.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(format.exitValue())
                .as(Files.readString(folder.resolve("format.log")))
                .isZero();
        StockBroker broker = new StockBroker(
                java(folder.resolve("broker.log"), "kafka.Kafka", properties.toString()), "localhost:" + port);
        await("the broker to answer")
                .atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> broker.admin
                                .describeCluster()
                                .nodes()
                                .get(1, TimeUnit.SECONDS)
                                .size()
                        == 1);
        return broker;
    }

    private static Process java(Path log, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        all.addAll(List.of(command));
        File file = log.toFile();
        return new ProcessBuilder(all)
                .redirectErrorStream(true)
                .redirectOutput(file)
                .start();
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    Admin admin() {
        return admin;
    }

    String clusterId() throws Exception {
        return admin.describeCluster().clusterId().get();
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
        process.destroyForcibly();
    }
}
