// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What healing has done and what it had to leave, one line each, for people. */
final class HealingOutcome {

    private final List<String> done = new ArrayList<>();
    private final List<String> left = new ArrayList<>();

    void done(String format, Object... arguments) {
        done.add(String.format(Locale.ROOT, format, arguments));
    }

    void left(String format, Object... arguments) {
        left.add(String.format(Locale.ROOT, format, arguments));
    }

    List<String> done() {
        return List.copyOf(done);
    }

    List<String> left() {
        return List.copyOf(left);
    }
}
