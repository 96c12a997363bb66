// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;

/** The warnings of a class, while this is open. */
public final class CapturedLog implements AutoCloseable {

    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Logger logger;
    private final AbstractAppender appender =
            new AbstractAppender("captured", null, null, false, Property.EMPTY_ARRAY) {
                @Override
                public void append(LogEvent event) {
                    if (Level.WARN.equals(event.getLevel())) {
                        warnings.add(event.getMessage().getFormattedMessage());
                    }
                }
            };

    private CapturedLog(Class<?> type) {
        logger = (Logger) LogManager.getLogger(type);
        appender.start();
        logger.addAppender(appender);
    }

    /** Captures from now on. */
    public static CapturedLog of(Class<?> type) {
        return new CapturedLog(type);
    }

    /** In the order in which they were written; grows. */
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        appender.stop();
    }
}
