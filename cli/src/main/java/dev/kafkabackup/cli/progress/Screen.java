// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.progress;

import java.time.Duration;
import java.util.List;

/** Where progress is shown. */
public interface Screen {

    /** How often it wants to be told. */
    Duration interval();

    /**
     * A bar, where there are bars, with what separates it from what follows; empty elsewhere.
     *
     * @param part of the whole: 0 to 1
     */
    String bar(double part);

    /** Shows the present state; what was shown before may be replaced. */
    void show(List<String> lines);
}
