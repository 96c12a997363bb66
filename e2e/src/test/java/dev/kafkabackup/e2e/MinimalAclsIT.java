// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.SecureBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * No right that is documented is there for nothing: without each of them something fails or is missing, as documented.
 */
@Tag("long")
@Timeout(600)
class MinimalAclsIT {

    private static final SecureBroker SECURITY = new SecureBroker(
            Map.of(SecureBroker.ADMIN, "admin-secret", "backup", "backup-secret", "restore", "restore-secret"));

    @RegisterExtension
    static final BrokerExtension BROKER = SECURITY.extension();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String TOPIC = "orders";

    @TempDir
    private Path folder;

    @Test
    void withoutAnyOneRightSomethingIsMissing() throws Exception {
        BROKER.createTopic(TOPIC, 1, Map.of("cleanup.policy", "compact"));
        produce();
        BROKER.admin()
                .alterConsumerGroupOffsets("billing", Map.of(new TopicPartition(TOPIC, 0), new OffsetAndMetadata(7)))
                .all()
                .get();
        List<AclBinding> ofBackup = DocumentedAcls.of("User:backup");
        assertThat(ofBackup).hasSize(4);

        Path without = backup(ofBackup, "TOPIC READ", 0);
        assertThat(files(without, ".parquet")).as("nothing was read").isEmpty();
        without = backup(ofBackup, "TOPIC DESCRIBE_CONFIGS", 0);
        assertThat(files(without, ".parquet")).isNotEmpty();
        assertThat(texts(without, "meta")).isNotEmpty().allMatch(text -> text.contains("\"configsKnown\":false"));
        without = backup(ofBackup, "GROUP DESCRIBE", 0);
        assertThat(texts(without, "groups")).noneMatch(text -> text.contains("billing"));
        BROKER.admin().deleteConsumerGroups(List.of("kafka-backup")).all().get();
        without = backup(ofBackup, "GROUP READ", 0);
        assertThat(files(without, ".parquet")).isNotEmpty();
        assertThat(texts(without, "groups")).anyMatch(text -> text.contains("billing"));
        assertThat(BROKER.admin()
                        .listConsumerGroupOffsets("kafka-backup")
                        .partitionsToOffsetAndMetadata()
                        .get())
                .as("nothing was committed")
                .isEmpty();

        List<AclBinding> ofRestore = DocumentedAcls.of("User:restore");
        assertThat(ofRestore).hasSize(6);
        Path whole = without;
        grantAllBut(ofRestore, "TOPIC WRITE");
        try (KafkaBackupProcess restore =
                restore(whole, "--topic", TOPIC + "=orders-unwritable", "--restore-id", "unwritable")) {
            restore.assertEndsWith(3, PATIENCE);
            assertThat(restore.errorLines())
                    .last()
                    .asString()
                    .contains("grant WRITE on it and start again with --restore-id unwritable");
        }
        for (String right : List.of("TOPIC CREATE", "TOPIC DESCRIBE_CONFIGS", "TRANSACTIONAL_ID WRITE")) {
            grantAllBut(ofRestore, right);
            String target = "orders-without-" + right.replaceAll("[ _]", "-");
            try (KafkaBackupProcess restore = restore(whole, "--topic", TOPIC + "=" + target, "--restore-id", target)) {
                awaitFailure(restore, right);
            }
        }
        grantAllBut(ofRestore, "TOPIC READ");
        try (KafkaBackupProcess restore =
                restore(whole, "--topic", TOPIC + "=orders-unread", "--restore-id", "unread")) {
            restore.assertEndsWith(0, PATIENCE);
        }
        try (KafkaBackupProcess verify =
                SecurityIT.start(SECURITY, BROKER, whole, "restore", "verify", "--restore-id", "unread")) {
            assertThat(verify.exitCode(PATIENCE)).as("%s", verify).isIn(1, 3);
        }
        grantAllBut(ofRestore, "TOPIC ALTER_CONFIGS", "TOPIC DESCRIBE_CONFIGS");
        grant(ofRestore.stream()
                .filter(acl -> acl.entry().operation() == AclOperation.DESCRIBE_CONFIGS)
                .toList());
        try (KafkaBackupProcess restore =
                restore(whole, "--topic", TOPIC + "=orders-unfinished", "--restore-id", "unfinished")) {
            restore.assertEndsWith(0, PATIENCE);
        }
        try (KafkaBackupProcess finalization = restore(whole, "--restore-id", "unfinished", "--finalize")) {
            assertThat(finalization.exitCode(PATIENCE)).as("%s", finalization).isIn(1, 3);
        }
    }

    /** Backs up all there is without a right into a folder of its own. */
    private Path backup(List<AclBinding> documented, String right, int exitCode) throws Exception {
        grantAllBut(documented, right);
        Path own = Files.createDirectories(folder.resolve(right.replace(' ', '-')));
        try (KafkaBackupProcess backup =
                SecurityIT.start(SECURITY, BROKER, own, "backup", "backup", "--include", ".*", "--once")) {
            backup.assertEndsWith(exitCode, PATIENCE);
        }
        return own;
    }

    private static KafkaBackupProcess restore(Path own, String... options) throws IOException {
        return SecurityIT.start(SECURITY, BROKER, own, "restore", "restore", options);
    }

    /** It ends with an error, or its job fails, which is tried again for some minutes. */
    private static void awaitFailure(KafkaBackupProcess restore, String right) throws Exception {
        await("a failure without " + right)
                .atMost(PATIENCE)
                .until(() -> !restore.isAlive()
                        || restore.errorLines().stream().anyMatch(line -> line.contains(" to FAILED ")));
        if (!restore.isAlive()) {
            assertThat(restore.exitCode(PATIENCE))
                    .as("without %s: %s", right, restore)
                    .isIn(1, 3);
            assertThat(restore.errorLines())
                    .as("without %s", right)
                    .anyMatch(line -> line.startsWith("kafka-backup: "));
        }
    }

    /**
     * The given ones as in the documentation, but for those that are named; ALTER_CONFIGS would imply its weaker one.
     */
    private static void grantAllBut(List<AclBinding> documented, String... rights) throws Exception {
        BROKER.admin().deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        Set<String> taken = new HashSet<>(Set.of(rights));
        if (taken.contains("TOPIC DESCRIBE_CONFIGS")) {
            taken.add("TOPIC ALTER_CONFIGS");
        }
        assertThat(documented.stream().map(MinimalAclsIT::right).collect(Collectors.toSet()))
                .containsAll(Set.of(rights));
        grant(documented.stream().filter(acl -> !taken.contains(right(acl))).toList());
    }

    private static void grant(List<AclBinding> acls) throws Exception {
        BROKER.admin().createAcls(acls).all().get();
    }

    private static String right(AclBinding acl) {
        return acl.pattern().resourceType() + " " + acl.entry().operation();
    }

    private static List<Path> files(Path own, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(own.resolve("storage"))) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    /** What lies as JSON in folders of that name. */
    private static List<String> texts(Path own, String folderOfTheBackup) throws IOException {
        List<String> texts = new ArrayList<>();
        for (Path file : files(own, ".json")) {
            if (file.toString().contains("/" + folderOfTheBackup + "/")) {
                texts.add(Files.readString(file).replace(" ", ""));
            }
        }
        return texts;
    }

    private static void produce() throws Exception {
        Map<String, Object> properties = new HashMap<>(SECURITY.clientProperties(SecureBroker.ADMIN));
        properties.put("bootstrap.servers", BROKER.bootstrapServers());
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(properties, new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < 100; i++) {
                producer.send(new ProducerRecord<>(TOPIC, 0, "key " + i, "value " + i))
                        .get();
            }
        }
    }
}
