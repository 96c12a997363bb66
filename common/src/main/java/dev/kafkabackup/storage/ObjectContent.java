// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.io.OutputStream;

/** Bytes of an object that is complete before anything of it is written. May be written several times. */
public interface ObjectContent {

    /** Number of bytes, 0 or more. */
    long sizeBytes();

    /** Writes all bytes and leaves the stream open. */
    void writeTo(OutputStream out) throws IOException;

    /** Content that is in memory already; the array is not copied and not to be changed. */
    static ObjectContent of(byte[] bytes) {
        return new ObjectContent() {
            @Override
            public long sizeBytes() {
                return bytes.length;
            }

            @Override
            public void writeTo(OutputStream out) throws IOException {
                out.write(bytes);
            }
        };
    }
}
