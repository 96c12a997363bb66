// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Refuses what a policy does not allow, as the storage would. Keeps what the last request that wrote an object of each
 * kind said about encryption. Safe for use from any thread.
 */
public final class BucketPolicy implements StorageGuard {

    private static final String ENCRYPTION = "x-amz-server-side-encryption";

    private final Map<String, Map<String, String>> encryption = new TreeMap<>();
    private final Set<S3Right> refused = new LinkedHashSet<>();
    private Predicate<S3Right> allowed = right -> true;

    /** From now on this is allowed and nothing else; what was refused before is forgotten. */
    public synchronized void allow(Predicate<S3Right> next) {
        allowed = next;
        refused.clear();
    }

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
        List<S3Right> missing =
                S3Right.of(request).stream().filter(allowed.negate()).toList();
        refused.addAll(missing);
        return missing.isEmpty() ? Optional.empty() : Optional.of(Refusal.ACCESS_DENIED);
    }

    /** By what was written (as in {@code PUT segment}), the headers about encryption of the last such request. */
    public synchronized Map<String, Map<String, String>> encryption() {
        return new TreeMap<>(encryption);
    }

    /** What somebody wanted to do and was not allowed to. */
    public synchronized Set<S3Right> refused() {
        return new LinkedHashSet<>(refused);
    }
}
