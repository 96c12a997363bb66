// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.judge;

import java.util.ArrayList;
import java.util.List;

/** What a judge has found wrong: the first ten in words, the rest as a number. */
final class Differences {

    private static final int SHOWN = 10;

    private final String subject;
    private final List<String> first = new ArrayList<>();
    private long count;

    /** @param subject what is judged, for the head of the message */
    Differences(String subject) {
        this.subject = subject;
    }

    void add(String difference) {
        count++;
        if (first.size() < SHOWN) {
            first.add(difference);
        }
    }

    /** Throws an error with the differences, if there are any. */
    void assertNone() {
        if (count > 0) {
            String more = count > SHOWN ? "\n  and %d more".formatted(count - SHOWN) : "";
            throw new AssertionError(
                    "%s: %d differences\n  %s%s".formatted(subject, count, String.join("\n  ", first), more));
        }
    }
}
