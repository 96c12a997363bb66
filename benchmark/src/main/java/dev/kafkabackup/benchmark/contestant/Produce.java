// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.data.Filling;
import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.RecordPool;

/** A process that fills a topic from memory: what no restore can be faster than. */
final class Produce {

    private Produce() {}

    /**
     * Fills the topic and ends.
     *
     * @param arguments bootstrap servers, topic, partitions, records per partition, threads, profile
     */
    public static void main(String[] arguments) throws InterruptedException {
        new Filling(arguments[0], RecordPool.of(Profile.valueOf(arguments[5])), "lz4")
                .fill(
                        arguments[1],
                        Integer.parseInt(arguments[2]),
                        Long.parseLong(arguments[3]),
                        Integer.parseInt(arguments[4]),
                        false);
    }
}
