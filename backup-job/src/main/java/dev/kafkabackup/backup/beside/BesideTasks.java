// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.beside;

import dev.kafkabackup.figure.Figures;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.apache.flink.metrics.MetricGroup;

/** What is done beside the main way, with the connections that all of it shares. */
public interface BesideTasks extends AutoCloseable {

    /** Makes the tasks where they are to run. */
    @FunctionalInterface
    interface Factory extends Serializable {

        /** Opens the connections; what the tasks do is told by metrics, the most important of it by figures. */
        BesideTasks open(MetricGroup metrics, Figures figures);
    }

    /** One turn. */
    @FunctionalInterface
    interface Action {

        /** Whatever it throws, the next turn comes. */
        void run() throws IOException;
    }

    /**
     * Something that is done again and again, on a thread of its own.
     *
     * @param what for messages: what a failure is a failure of
     * @param counter name of the metric that counts its successful turns
     * @param firstAfter from the start to the first turn
     * @param interval from the end of one turn to the start of the next one
     * @param once whether one successful turn is all; when nothing else is left to do, the source ends
     */
    record Round(String what, String counter, Duration firstAfter, Duration interval, boolean once, Action action) {}

    /** What is to be done. */
    List<Round> rounds();

    @Override
    void close();
}
