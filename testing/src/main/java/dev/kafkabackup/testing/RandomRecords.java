// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Random records that look like nobody's data in particular and hit every case: keys and values that are null, empty,
 * repeated or large, headers with equal keys and with null and empty values, timestamps out of order.
 *
 * <p>The same seed gives the same records. Not thread safe.
 */
public final class RandomRecords {

    /** Repeats a run: {@code -Dtest.seed=<the printed seed>}. */
    private static final String SEED_PROPERTY = "test.seed";

    private static final long FIRST_TIMESTAMP = 1_700_000_000_000L;
    private static final int DISTINCT_KEYS = 1000;
    private static final String[] HEADER_KEYS = {"trace", "trace", "schema", "", "größe"};

    private final long seed;
    private final SplittableRandom random;
    private final int ordinaryBytes;
    private final int largeBytes;
    private long timestamp = FIRST_TIMESTAMP;

    /**
     * Records of some hundred bytes, one of a hundred up to 8 KiB, one of five thousand up to 900 KiB.
     *
     * @param seed what the records depend on, and nothing else
     */
    public RandomRecords(long seed) {
        this(seed, 300, 900 << 10);
    }

    private RandomRecords(long seed, int ordinaryBytes, int largeBytes) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.ordinaryBytes = ordinaryBytes;
        this.largeBytes = largeBytes;
        System.out.println("Random records with -D" + SEED_PROPERTY + "=" + seed);
    }

    /** Records that are another every time, unless the system property {@code test.seed} is set. */
    public static RandomRecords seeded() {
        return new RandomRecords(newSeed());
    }

    /** As {@link #seeded()}, but no record has more than some 60 bytes: for tests of many records. */
    public static RandomRecords small() {
        return new RandomRecords(newSeed(), 30, 30);
    }

    /**
     * Lets the next timestamps begin at this moment; they are of 2023 otherwise. For a load on a broker that restarts:
     * by their timestamps it forgets who has produced records of more than a day ago
     * ({@code producer.id.expiration.ms}), and takes a batch that is sent again for a new one.
     */
    public RandomRecords since(Instant moment) {
        timestamp = moment.toEpochMilli();
        return this;
    }

    /** What gives these records again. */
    public long seed() {
        return seed;
    }

    /** The next record, for the given partition. */
    public ProducerRecord<byte[], byte[]> next(String topic, int partition) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, partition, nextTimestamp(), nextKey(), nextValue());
        int headers = random.nextInt(4) == 0 ? random.nextInt(1, 5) : 0;
        for (int i = 0; i < headers; i++) {
            record.headers().add(HEADER_KEYS[random.nextInt(HEADER_KEYS.length)], nextBytes(20, 20));
        }
        return record;
    }

    private long nextTimestamp() {
        timestamp += random.nextInt(20);
        return switch (random.nextInt(1000)) {
            case 0 -> 0;
            case 1, 2, 3, 4, 5 -> timestamp - random.nextInt(3_600_000);
            default -> timestamp;
        };
    }

    private byte @Nullable [] nextKey() {
        if (random.nextInt(2) == 0) {
            return ("key-" + random.nextInt(DISTINCT_KEYS)).getBytes(StandardCharsets.UTF_8);
        }
        return nextBytes(40, 40);
    }

    private byte @Nullable [] nextValue() {
        if (random.nextInt(100) == 0) {
            return nextBytes(Math.min(8 << 10, largeBytes), largeBytes);
        }
        return nextBytes(ordinaryBytes, ordinaryBytes);
    }

    /** Null or empty now and then, else up to the given size; one of fifty up to the large size. */
    private byte @Nullable [] nextBytes(int maxBytes, int maxLargeBytes) {
        int choice = random.nextInt(50);
        if (choice < 4) {
            return choice < 2 ? null : new byte[0];
        }
        byte[] bytes = new byte[random.nextInt(1 + (choice == 4 ? maxLargeBytes : maxBytes))];
        random.nextBytes(bytes);
        return bytes;
    }

    private static long newSeed() {
        return Long.getLong(SEED_PROPERTY, new SplittableRandom().nextLong());
    }
}
