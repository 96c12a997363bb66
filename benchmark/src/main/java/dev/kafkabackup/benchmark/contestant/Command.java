// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.process.Program;
import java.util.List;

/** The product, as a user starts it. */
final class Command {

    private Command() {}

    /** {@code kafka-backup} with these arguments, as it was built. */
    static Program of(Arena arena, List<String> arguments) {
        return Program.product(arena.repository(), arguments).with("JAVA_OPTS", "-Xmx" + arena.heap());
    }
}
