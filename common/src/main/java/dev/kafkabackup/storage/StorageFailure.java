// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.concurrent.TimeoutException;

/** Why a storage call failed, as far as that can be told apart: what an operator looks at first. */
public enum StorageFailure {

    /** The storage did not answer in time. */
    TIMEOUT("timeout"),

    /** It cannot be reached at all. */
    UNREACHABLE("unreachable"),

    /** It does not let us. */
    DENIED("denied"),

    /** Bucket, folder or object is not there. */
    MISSING("missing"),

    /** Anything else. */
    OTHER("other");

    private static final Map<Class<? extends Exception>, StorageFailure> KNOWN = Map.of(
            TimeoutException.class, TIMEOUT,
            SocketTimeoutException.class, TIMEOUT,
            ConnectException.class, UNREACHABLE,
            NoRouteToHostException.class, UNREACHABLE,
            UnknownHostException.class, UNREACHABLE,
            SocketException.class, UNREACHABLE,
            AccessDeniedException.class, DENIED,
            FileNotFoundException.class, MISSING,
            NoSuchFileException.class, MISSING);

    private final String label;

    StorageFailure(String label) {
        this.label = label;
    }

    /** The word for it in metrics. */
    public String label() {
        return label;
    }

    /** The reason that is named first in the chain of causes. */
    public static StorageFailure of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            StorageFailure known = KNOWN.get(cause.getClass());
            if (known != null) {
                return known;
            }
        }
        return OTHER;
    }
}
