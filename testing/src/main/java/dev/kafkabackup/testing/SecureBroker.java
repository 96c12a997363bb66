// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Makes a broker that lets nobody in without TLS and a password, and allows only what an ACL says. The user
 * {@link #ADMIN} may do everything.
 */
public final class SecureBroker {

    /** The broker's own user, who may do everything. */
    public static final String ADMIN = "admin";

    private static final String STORE_PASSWORD = "store-secret-5up3r";

    private final Map<String, String> passwords;
    private final Path keyStore;

    /** @param passwords of all users by name, {@link #ADMIN} among them */
    public SecureBroker(Map<String, String> passwords) {
        this.passwords = Map.copyOf(passwords);
        this.keyStore = createKeyStore();
    }

    /** The password of keys and certificates, which is a secret too. */
    public static String storePassword() {
        return STORE_PASSWORD;
    }

    /** A broker for the tests of a class. */
    public BrokerExtension extension() {
        String users = passwords.entrySet().stream()
                .map(user -> "user_%s=\"%s\"".formatted(user.getKey(), user.getValue()))
                .collect(Collectors.joining(" "));
        return new BrokerExtension()
                .with("listener.security.protocol.map", "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT")
                .with("listener.name.broker.sasl.enabled.mechanisms", "PLAIN")
                .with("sasl.mechanism.inter.broker.protocol", "PLAIN")
                .with("listener.name.broker.plain.sasl.jaas.config", login(ADMIN, users))
                .with("ssl.keystore.location", keyStore.toString())
                .with("ssl.keystore.password", STORE_PASSWORD)
                .with("ssl.key.password", STORE_PASSWORD)
                .with("ssl.truststore.location", keyStore.toString())
                .with("ssl.truststore.password", STORE_PASSWORD)
                .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
                .with("super.users", "User:" + ADMIN + ";User:ANONYMOUS")
                .withAdminClient(clientProperties(ADMIN));
    }

    /** What a user's clients need besides the address. */
    public Map<String, String> clientProperties(String user) {
        return Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                login(user, ""),
                "ssl.truststore.location",
                keyStore.toString(),
                "ssl.truststore.password",
                STORE_PASSWORD);
    }

    private String login(String user, String more) {
        return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\" %s;"
                .formatted(user, passwords.get(user), more);
    }

    /** With the tool of the JDK: the JDK makes no certificates in any other public way. */
    private static Path createKeyStore() {
        try {
            Path store = Files.createTempDirectory("keys-").resolve("broker.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "broker",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=127.0.0.1",
                            "-ext",
                            "SAN=ip:127.0.0.1",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            store.toString(),
                            "-storepass",
                            STORE_PASSWORD)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool made no keys: exit code " + keytool.exitValue());
            }
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
