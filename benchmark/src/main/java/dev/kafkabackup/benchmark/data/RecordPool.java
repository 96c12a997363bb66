// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Records that were made beforehand, so that producing them costs what producing costs. The same seed gives the same
 * records in the same places, in every process. Safe for use by many threads.
 */
public final class RecordPool {

    /** One seed for all: what is compared must be the same. */
    private static final long SEED = 20_260_301;

    private static final long FIRST_TIMESTAMP = 1_760_000_000_000L;
    private static final byte[] CONTENT_TYPE = "application/json".getBytes(StandardCharsets.US_ASCII);

    private final byte[][] keys;
    private final byte[][] values;
    private final List<List<Header>> headers;

    private RecordPool(byte[][] keys, byte[][] values, List<List<Header>> headers) {
        this.keys = keys;
        this.values = values;
        this.headers = headers;
    }

    /** Makes the records of a profile. */
    public static RecordPool of(Profile profile) {
        Random random = new Random(SEED);
        byte[][] keys = new byte[profile.distinct()][];
        byte[][] values = new byte[profile.distinct()][];
        List<List<Header>> headers = new ArrayList<>(profile.distinct());
        for (int i = 0; i < profile.distinct(); i++) {
            keys[i] = ("customer-" + random.nextInt(10_000_000)).getBytes(StandardCharsets.US_ASCII);
            values[i] = profile.value(random);
            byte[] trace = ("00-" + JsonOrder.hex(random, 32) + "-01").getBytes(StandardCharsets.US_ASCII);
            headers.add(List.of(new RecordHeader("content-type", CONTENT_TYPE), new RecordHeader("trace", trace)));
        }
        return new RecordPool(keys, values, headers);
    }

    /**
     * The record at an offset of a partition.
     *
     * @param index number of the record in its partition, from 0
     */
    public ProducerRecord<byte[], byte[]> record(String topic, int partition, long index) {
        int i = (int) Math.floorMod(mix(index * 1_000_003 + partition), (long) values.length);
        return new ProducerRecord<>(topic, partition, FIRST_TIMESTAMP + index, keys[i], values[i], headers.get(i));
    }

    /** Bytes of key, value and headers, as all rates are computed from. */
    public static long bytes(byte[] key, byte[] value, Iterable<Header> headers) {
        long bytes = (long) key.length + value.length;
        for (Header header : headers) {
            bytes += header.key().length() + header.value().length;
        }
        return bytes;
    }

    /** The finalizer of splitmix64: neighbours end up far from each other. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
