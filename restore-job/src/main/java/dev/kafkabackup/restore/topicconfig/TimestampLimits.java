// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a topic lets timestamps be away from the broker's clock. Older brokers have one limit for both directions,
 * some have it beside the others: the narrower one counts here.
 *
 * @param before into the past; empty if the topic has none
 * @param after into the future; empty if the topic has none
 */
public record TimestampLimits(Optional<Limit> before, Optional<Limit> after) {

    static final String BEFORE = "message.timestamp.before.max.ms";
    static final String AFTER = "message.timestamp.after.max.ms";
    static final String BOTH = "message.timestamp.difference.max.ms";

    /** All names that such limits have. */
    static final List<String> NAMES = List.of(BEFORE, AFTER, BOTH);

    /**
     * A limit.
     *
     * @param config its name
     * @param ms how far, 0 or more
     */
    public record Limit(String config, long ms) {}

    /** The limits of a topic with these configs, defaults included. */
    public static TimestampLimits of(Map<String, String> configs) {
        return new TimestampLimits(limit(configs, BEFORE), limit(configs, AFTER));
    }

    private static Optional<Limit> limit(Map<String, String> configs, String name) {
        return Stream.of(name, BOTH)
                .filter(configs::containsKey)
                .map(known -> new Limit(known, Long.parseLong(configs.get(known))))
                .min(Comparator.comparingLong(Limit::ms));
    }
}
