// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Servers that need nothing of each other start at the same time. */
final class SideBySide {

    private SideBySide() {}

    /** Begins something on a thread of its own; {@code join} has what it returned, or fails as it did. */
    static <T> CompletableFuture<T> begin(Callable<T> start) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return start.call();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                task -> new Thread(task, "side-by-side").start());
    }
}
