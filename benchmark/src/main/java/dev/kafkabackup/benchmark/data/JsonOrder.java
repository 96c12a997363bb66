// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** An order as a web shop would publish it: names of fields repeat, words come from a vocabulary, ids are random. */
final class JsonOrder {

    private static final String[] WORDS = {
        "amber", "basket", "canvas", "copper", "cotton", "desk", "drawer", "elm", "fabric", "garden", "glass",
        "granite", "handle", "ivory", "jacket", "kettle", "lamp", "leather", "linen", "marble", "mirror", "needle",
        "oak", "paper", "pillow", "plate", "quilt", "ribbon", "saddle", "silver", "stool", "table", "teapot", "thread",
        "timber", "towel", "vase", "velvet", "walnut", "wool"
    };

    private JsonOrder() {}

    /** An order of exactly so many bytes; the last field is cut, as a log line would be. */
    static byte[] next(Random random, int bytes) {
        StringBuilder json = new StringBuilder(bytes + 256);
        json.append("{\"id\":\"")
                .append(hex(random, 16))
                .append("\",\"at\":")
                .append(1_760_000_000_000L + random.nextInt(1_000_000_000));
        json.append(",\"customer\":{\"number\":").append(random.nextInt(10_000_000));
        json.append(",\"name\":\"")
                .append(word(random))
                .append(' ')
                .append(word(random))
                .append("\"}");
        json.append(",\"currency\":\"EUR\",\"lines\":[");
        while (json.length() < bytes) {
            json.append("{\"sku\":\"").append(hex(random, 10)).append("\",\"title\":\"");
            for (int i = 0; i < 3; i++) {
                json.append(word(random)).append(' ');
            }
            json.append("\",\"quantity\":").append(1 + random.nextInt(9));
            json.append(",\"price\":").append(random.nextInt(100_000)).append(",\"taxes\":[]},");
        }
        return Arrays.copyOf(json.toString().getBytes(StandardCharsets.US_ASCII), bytes);
    }

    static String hex(Random random, int digits) {
        StringBuilder text = new StringBuilder(digits);
        for (int i = 0; i < digits; i++) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }

    private static String word(Random random) {
        return WORDS[random.nextInt(WORDS.length)];
    }
}
