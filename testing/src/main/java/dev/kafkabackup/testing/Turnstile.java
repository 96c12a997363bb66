// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.testing;

/**
 * What every request and every answer goes through on its way through a proxy, and where it may be kept: a request
 * before the server has seen any of it, an answer before the client has.
 *
 * <p>Thread safe. Called on a thread of the connection, on which nothing else moves meanwhile in this direction.
 */
@FunctionalInterface
public interface Turnstile {

    /** Lets everything pass. */
    Turnstile OPEN = (what, direction) -> true;

    /** Which way something goes. */
    enum Direction {
        /** To the server. */
        REQUEST,
        /** To the client. */
        ANSWER
    }

    /**
     * Returns when it may go on.
     *
     * @param what the request, or the one that is answered, as the proxy words it
     * @return false if it must never arrive, and the connection is to be cut
     */
    boolean pass(String what, Direction direction) throws InterruptedException;
}
