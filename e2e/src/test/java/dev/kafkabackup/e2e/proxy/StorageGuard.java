// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import dev.kafkabackup.testing.Turnstile;
import java.util.Optional;

/** A turnstile that answers some requests in the place of the storage. */
interface StorageGuard extends Turnstile {

    /** What the client is told; empty if the storage is to be asked. */
    Optional<Refusal> refusal(HttpMessage request);
}
