// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A bucket from which nobody may delete, as a policy can say it. Keeps what the last request that wrote an object of
 * each kind said about encryption. Safe for use from any thread.
 */
public final class BucketPolicy implements StorageGuard {

    private static final String ENCRYPTION = "x-amz-server-side-encryption";

    private final Map<String, Map<String, String>> encryption = new TreeMap<>();
    private int refused;

    @Override
    public boolean pass(String what, Direction direction) {
        return true;
    }

    @Override
    public synchronized Optional<Refusal> refusal(HttpMessage request) {
        if (request.method().equals("PUT")) {
            Map<String, String> headers = new TreeMap<>();
            request.head()
                    .lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(ENCRYPTION))
                    .map(line -> line.split(":", 2))
                    .forEach(header -> headers.put(header[0].toLowerCase(Locale.ROOT), header[1].strip()));
            encryption.put(StorageProxy.describe(request), headers);
        }
        boolean deletes = request.method().equals("DELETE")
                || (request.method().equals("POST") && request.target().matches(".*[?&]delete(=?|&.*)$"));
        if (deletes) {
            refused++;
        }
        return deletes ? Optional.of(Refusal.ACCESS_DENIED) : Optional.empty();
    }

    /** By what was written (as in {@code PUT segment}), the headers about encryption of the last such request. */
    public synchronized Map<String, Map<String, String>> encryption() {
        return new TreeMap<>(encryption);
    }

    /** How many requests to delete something were refused. */
    public synchronized int refused() {
        return refused;
    }
}
