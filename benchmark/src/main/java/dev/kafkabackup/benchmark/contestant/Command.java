// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.process.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The product, as a user starts it. */
final class Command {

    private Command() {}

    /** {@code kafka-backup} with these arguments, as it was built. */
    static Program of(Arena arena, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(arena.repository().resolve("kafka-backup").toString());
        command.addAll(arguments);
        return new Program(command, Map.of("KAFKA_BACKUP_BUILD", "never", "JAVA_OPTS", "-Xmx" + arena.heap()));
    }
}
