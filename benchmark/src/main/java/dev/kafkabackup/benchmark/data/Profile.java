// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.util.Random;

/** Shape of the records of a run. */
public enum Profile {

    /** Orders as JSON, about 1 KiB each, about 3:1 compressible. */
    JSON_1K("json-1k", 16_384) {
        @Override
        byte[] value(Random random) {
            return JsonOrder.next(random, 1024);
        }
    },

    /** Measurements of 100 bytes: what a record costs beside its bytes. */
    SMALL_100B("small-100b", 65_536) {
        @Override
        byte[] value(Random random) {
            return JsonOrder.next(random, 100);
        }
    },

    /** Documents of 100 KiB. */
    LARGE_100K("large-100k", 256) {
        @Override
        byte[] value(Random random) {
            return JsonOrder.next(random, 100 * 1024);
        }
    };

    private final String label;
    private final int distinct;

    Profile(String label, int distinct) {
        this.label = label;
        this.distinct = distinct;
    }

    /** Name on the command line. */
    public String label() {
        return label;
    }

    /** How many different records there are: more bytes than zstd looks back, and than a page holds. */
    int distinct() {
        return distinct;
    }

    abstract byte[] value(Random random);

    @Override
    public String toString() {
        return label;
    }
}
