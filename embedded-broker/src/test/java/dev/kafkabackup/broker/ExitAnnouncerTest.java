// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.kafka.common.utils.Exit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExitAnnouncerTest {

    /** Ends its JVM as Kafka does when its data folder is lost. */
    static final class Halting {

        private Halting() {}

        public static void main(String[] args) {
            ExitAnnouncer.install();
            Exit.halt(7, "the data folder is lost");
        }
    }

    @Test
    void theReasonIsPrintedBeforeTheJvmEnds() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Halting.class.getName())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(process.waitFor()).isEqualTo(7);
        assertThat(errors)
                .contains("The embedded Kafka broker ends this JVM with status 7: the data folder is lost")
                .contains("at " + Halting.class.getName() + ".main");
    }
}
