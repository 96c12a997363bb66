// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import dev.kafkabackup.error.UsageException;
import java.io.Serializable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which topics are backed up, by name. Internal topics ({@code __consumer_offsets} and the like) only if the include
 * names them literally.
 *
 * @param include matches the whole name of a topic that is backed up
 * @param exclude matches the whole name of a topic that is not; null for none
 */
public record TopicFilter(Pattern include, @Nullable Pattern exclude) implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String INTERNAL_PREFIX = "__";

    /**
     * Compiles what the user wrote.
     *
     * @throws UsageException if one is not a regular expression
     */
    public static TopicFilter of(String include, @Nullable String exclude) {
        return new TopicFilter(compile("--include", include), exclude == null ? null : compile("--exclude", exclude));
    }

    private static Pattern compile(String option, String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new UsageException(
                    "%s '%s' is not a regular expression: %s at position %d; to match every topic write '.*'"
                            .formatted(option, regex, e.getDescription(), e.getIndex()),
                    e);
        }
    }

    /** Whether a topic of this name is backed up. */
    public boolean matches(String topic) {
        if (topic.startsWith(INTERNAL_PREFIX) && !include.pattern().startsWith(INTERNAL_PREFIX)) {
            return false;
        }
        return include.matcher(topic).matches()
                && (exclude == null || !exclude.matcher(topic).matches());
    }
}
