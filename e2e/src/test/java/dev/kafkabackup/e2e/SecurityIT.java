// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.SecureBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that lets nobody in without TLS, a password and an ACL: with the documented rights, both jobs work. */
@Timeout(240)
class SecurityIT {

    private static final Map<String, String> PASSWORDS =
            Map.of(SecureBroker.ADMIN, "admin-secret-7x", "backup", "backup-secret-8y", "restore", "restore-secret-9z");
    private static final SecureBroker SECURITY = new SecureBroker(PASSWORDS);

    @RegisterExtension
    static final BrokerExtension BROKER = SECURITY.extension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";
    private static final int RECORDS = 200;

    @TempDir
    private Path folder;

    @Test
    void bothJobsWorkWithTheDocumentedRightsAndTellNoSecret() throws Exception {
        BROKER.createTopic(TOPIC, 2);
        BROKER.createTopic("secret", 1);
        produce();
        BROKER.admin()
                .alterConsumerGroupOffsets("billing", Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(7)))
                .all()
                .get();
        BROKER.admin().createAcls(DocumentedAcls.of("User:backup")).all().get();
        BROKER.admin().createAcls(DocumentedAcls.of("User:restore")).all().get();
        List<String> told = new ArrayList<>();

        try (KafkaBackupProcess backup =
                start("backup", "backup", "--include", ".*", "--checkpoint-interval", "1s", "--lag-interval", "1s")) {
            await("offsets committed for kafka-backup")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(committed())
                            .as("%s", backup)
                            .containsEntry(new TopicPartition(TOPIC, 0), (long) RECORDS / 2)
                            .containsEntry(new TopicPartition(TOPIC, 1), (long) RECORDS / 2)
                            .hasSize(2));
            await("group offsets in the backup")
                    .atMost(PATIENCE)
                    .until(() -> stored("groups").anyMatch(text -> text.contains("billing")));
            told.addAll(restAnswers(backup));
            backup.sendTerm();
            backup.assertEndsWith(0, PATIENCE);
            told.add(backup.toString());
        }
        assertThat(Files.readString(folder.resolve("backup.log")))
                .as("nothing was missing for want of a right")
                .doesNotContainIgnoringCase("not authorized")
                .doesNotContain("Authorization");

        BROKER.deleteTopic(TOPIC);
        try (KafkaBackupProcess restore = start("restore", "restore", "--topic", TOPIC, "--restore-id", "secure")) {
            restore.assertEndsWith(0, PATIENCE);
            told.add(restore.toString());
        }
        try (KafkaBackupProcess verify = start("restore", "verify", "--restore-id", "secure")) {
            verify.assertEndsWith(0, PATIENCE);
            told.add(verify.toString());
        }
        try (KafkaBackupProcess finalize = start("restore", "restore", "--restore-id", "secure", "--finalize")) {
            finalize.assertEndsWith(0, PATIENCE);
        }

        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(file -> !file.getFileName().toString().endsWith(".properties"))
                    .toList()) {
                told.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        for (String text : told) {
            assertThat(text).doesNotContain(PASSWORDS.values()).doesNotContain(SecureBroker.storePassword());
        }
    }

    private static Map<TopicPartition, Long> committed() throws Exception {
        Map<TopicPartition, Long> offsets = new HashMap<>();
        BROKER.admin()
                .listConsumerGroupOffsets("kafka-backup")
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach((partition, offset) -> offsets.put(partition, offset.offset()));
        return offsets;
    }

    private Stream<String> stored(String folderOfTheBackup) throws IOException {
        Path stored = folder.resolve("storage").resolve(folderOfTheBackup);
        if (!Files.exists(stored)) {
            return Stream.of();
        }
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(stored)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".json")).toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts.stream();
    }

    /** What the web UI tells of cluster and job: configuration, plan, exceptions, every vertex. */
    private static List<String> restAnswers(KafkaBackupProcess backup) throws Exception {
        String address = backup.errorLines().stream()
                .filter(line -> line.contains("web UI: "))
                .map(line -> line.replaceAll(".*web UI: ", ""))
                .findFirst()
                .orElseThrow();
        JsonNode jobs = new ObjectMapper().readTree(get(address, "/jobs"));
        String job = "/jobs/" + jobs.at("/jobs/0/id").asText();
        List<String> answers = new ArrayList<>();
        for (String page : List.of(
                "/config",
                "/jobmanager/config",
                "/jobmanager/environment",
                "/jobmanager/log",
                "/taskmanagers",
                job,
                job + "/config",
                job + "/plan",
                job + "/exceptions",
                job + "/checkpoints",
                job + "/checkpoints/config",
                job + "/accumulators")) {
            answers.add(get(address, page));
        }
        assertThat(answers.get(6)).contains("execution-config");
        return answers;
    }

    private static String get(String address, String page) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(address + page)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static void produce() throws Exception {
        Map<String, Object> properties = new HashMap<>(SECURITY.clientProperties(SecureBroker.ADMIN));
        properties.put("bootstrap.servers", BROKER.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, i % 2, "key", "value " + i))
                        .get();
            }
        }
    }

    private KafkaBackupProcess start(String user, String command, String... options) throws IOException {
        return start(SECURITY, BROKER, folder, user, command, options);
    }

    /** Starts a command as a user, with its files, the storage among them, in the folder. */
    static KafkaBackupProcess start(
            SecureBroker security, BrokerExtension broker, Path folder, String user, String command, String... options)
            throws IOException {
        Properties properties = new Properties();
        properties.putAll(security.clientProperties(user));
        Path file = folder.resolve(user + ".properties");
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        List<String> arguments = new ArrayList<>(List.of(
                command,
                "--bootstrap-server",
                broker.bootstrapServers(),
                "--command-config",
                file.toString(),
                "--storage",
                folder.resolve("storage").toString(),
                "--log-file",
                folder.resolve(command + ".log").toString()));
        if (!command.equals("verify")) {
            arguments.addAll(List.of("--web-port", "0"));
        }
        arguments.addAll(List.of(options));
        return KafkaBackupProcess.start(folder, arguments);
    }
}
