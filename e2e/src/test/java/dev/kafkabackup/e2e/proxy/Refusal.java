// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.nio.charset.StandardCharsets;

/**
 * An answer of S3 that says no.
 *
 * @param status of HTTP, with its words
 * @param code S3's name for it
 */
record Refusal(String status, String code) {

    /** The server does not let the caller do it. */
    static final Refusal ACCESS_DENIED = new Refusal("403 Forbidden", "AccessDenied");

    /** The server is too busy. */
    static final Refusal SLOW_DOWN = new Refusal("503 Slow Down", "SlowDown");

    byte[] bytes() {
        String body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>" + code + "</Code><Message>" + code
                + "</Message></Error>";
        return ("HTTP/1.1 " + status + "\r\nContent-Type: application/xml\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }
}
