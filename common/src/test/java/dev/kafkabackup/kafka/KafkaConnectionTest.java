// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.ExitCode;
import dev.kafkabackup.error.FailedException;
import dev.kafkabackup.error.UsageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaConnectionTest {

    private static final String SECRET = "s3cr3t-passw0rd";

    @TempDir
    private Path folder;

    @Test
    void noSecretIsPrinted() {
        KafkaConnection kafka = new KafkaConnection("kafka:9092", Map.of("ssl.key.password", SECRET));

        assertThat(kafka).hasToString("kafka:9092");
    }

    @Test
    void theUsersPropertiesAreTakenAndTheConnectionWins() throws IOException {
        Path file = file("security.protocol=SSL\nbootstrap.servers=elsewhere:1\nclient.id=theirs\nclient.rack = r1\n");

        assertThat(KafkaConnection.of("kafka:9092", file).clientProperties("backup"))
                .containsOnly(
                        Map.entry("security.protocol", "SSL"),
                        Map.entry("bootstrap.servers", "kafka:9092"),
                        Map.entry("client.id", "backup"),
                        Map.entry("client.rack", "r1"));
    }

    @Test
    void aFileThatCannotBeReadIsWrongUsageAndNamesItButNoSecret() throws IOException {
        Path missing = folder.resolve("missing.properties");
        Path malformed = file("ssl.key.password=" + SECRET + "\nbroken=\\u12zz\n");
        for (Path file : new Path[] {missing, malformed, folder}) {
            assertThatThrownBy(() -> KafkaConnection.of("kafka:9092", file))
                    .isInstanceOfSatisfying(
                            UsageException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
                    .hasMessageStartingWith("--command-config " + file + " cannot be read: ")
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
        }
    }

    @Test
    void settingsThatMakeNoClientSayWhyAndWhereToLook() {
        KafkaConnection kafka =
                new KafkaConnection("kafka:9092", Map.of("security.protocol", "NONSENSE", "ssl.key.password", SECRET));

        assertThatThrownBy(() -> kafka.admin("test"))
                .isInstanceOf(FailedException.class)
                .hasMessageStartingWith("No Kafka client can be made for kafka:9092: ")
                .hasMessageEndingWith("; check --bootstrap-server and --command-config")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
    }

    @Test
    void aBadLoginModuleShowsNoPassword() {
        KafkaConnection kafka = new KafkaConnection(
                "localhost:9092",
                Map.of(
                        "security.protocol",
                        "SASL_PLAINTEXT",
                        "sasl.mechanism",
                        "PLAIN",
                        "sasl.jaas.config",
                        "no.such.Module required username=a password='" + SECRET + "'"));

        assertThatThrownBy(() -> kafka.admin("test"))
                .isInstanceOf(FailedException.class)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain(SECRET));
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("client.properties"), content, StandardCharsets.UTF_8);
    }
}
