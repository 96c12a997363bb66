// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Makes calls that mostly wait, such as listings, at the same time; so many at once and no more. */
public final class ConcurrentCalls implements AutoCloseable {

    private final ExecutorService threads;

    /** @param atOnce calls at the same time, at most; 1 or more */
    public ConcurrentCalls(int atOnce) {
        this.threads = Executors.newFixedThreadPool(atOnce, task -> {
            Thread thread = new Thread(task, "storage-calls");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Makes one call for each input.
     *
     * @return the answers, in the order of the inputs
     * @throws IOException of the first input whose call failed; an unchecked exception likewise
     */
    public <T, R> List<R> forEach(Collection<T> inputs, Call<T, R> call) throws IOException {
        List<Future<R>> begun = new ArrayList<>();
        for (T input : inputs) {
            begun.add(threads.submit(() -> call.make(input)));
        }
        List<R> answers = new ArrayList<>();
        for (Future<R> answer : begun) {
            answers.add(await(answer));
        }
        return answers;
    }

    private static <R> R await(Future<R> answer) throws IOException {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted while the storage was asked");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException("A call to the storage failed", e.getCause());
        }
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** A call to the storage. */
    @FunctionalInterface
    public interface Call<T, R> {
        /** Makes the call. */
        R make(T input) throws IOException;
    }
}
