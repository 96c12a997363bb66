// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e.proxy;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a request needs to be allowed, in the words of S3's policies.
 *
 * @param action {@code s3:GetObject} and the like
 * @param resource ARN of the object or the bucket
 * @param prefix of a listing; empty if there is none
 */
public record S3Right(String action, String resource, String prefix) {

    private static final Pattern PREFIX = Pattern.compile("[?&]prefix=([^&]*)");
    private static final Pattern DELETES_SEVERAL = Pattern.compile("[?&]delete(=?$|&)");
    private static final Pattern KEY = Pattern.compile("<Key>(.*?)</Key>");

    /** Of a request with the bucket in its path; one that deletes several objects needs as many rights. */
    static List<S3Right> of(HttpMessage request) {
        String[] path = decode(URI.create(request.target()).getRawPath()).split("/", 3);
        String bucket = "arn:aws:s3:::" + path[1];
        String key = path.length < 3 ? "" : path[2];
        if (DELETES_SEVERAL.matcher(request.target()).find()) {
            return KEY.matcher(new String(request.bytes(), StandardCharsets.UTF_8))
                    .results()
                    .map(match -> match.group(1))
                    .map(found -> new S3Right("s3:DeleteObject", bucket + "/" + found, ""))
                    .toList();
        }
        if (key.isEmpty()) {
            Matcher prefix = PREFIX.matcher(request.target());
            return List.of(new S3Right("s3:ListBucket", bucket, prefix.find() ? decode(prefix.group(1)) : ""));
        }
        String action = switch (request.method()) {
            case "GET", "HEAD" -> "s3:GetObject";
            case "DELETE" -> "s3:DeleteObject";
            default -> "s3:PutObject";
        };
        return List.of(new S3Right(action, bucket + "/" + key, ""));
    }

    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
