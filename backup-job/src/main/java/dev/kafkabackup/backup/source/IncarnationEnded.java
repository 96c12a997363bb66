// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.source;

import java.util.List;
import org.apache.flink.api.connector.source.SourceEvent;

/**
 * Says that incarnations are no more: from a reader, because Kafka serves another one under the name; to the readers,
 * because deletion is proven. An incarnation that shows up again is assigned again, which costs a listing and nothing
 * else.
 *
 * @param topicIds the incarnations, as Kafka prints their IDs
 */
record IncarnationEnded(List<String> topicIds) implements SourceEvent {

    private static final long serialVersionUID = 1L;
}
