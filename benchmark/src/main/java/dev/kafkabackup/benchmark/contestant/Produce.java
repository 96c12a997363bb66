// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.data.Filling;
import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.RecordPool;

/** A process that fills a topic from memory: what no restore can be faster than. */
final class Produce {

    private Produce() {}

    /**
     * Fills the topic, prints how many bytes were decompressed beside, and ends.
     *
     * @param arguments bootstrap servers, topic, partitions, records per partition, threads, profile, level of zstd
     *     from which as many bytes are decompressed (0: none are)
     */
    public static void main(String[] arguments) throws InterruptedException {
        int level = Integer.parseInt(arguments[6]);
        Filling plain = new Filling(arguments[0], RecordPool.of(Profile.valueOf(arguments[5])), "lz4");
        Filling filling = level == 0 ? plain : plain.decompressing(level);
        filling.fill(
                arguments[1],
                Integer.parseInt(arguments[2]),
                Long.parseLong(arguments[3]),
                Integer.parseInt(arguments[4]),
                false);
        System.out.println("decompressed=" + filling.decompressedBytes());
    }
}
