// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.flink;

/** What jobs count while they run. Safe for use from any thread. */
public interface Counters {

    /** Sum of all counters of this name in a group {@code group.<value>}, those of ended tasks included. */
    long sum(String group, String value, String name);
}
