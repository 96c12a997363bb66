// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;

/** What Kafka says when it is asked for a topic by name. */
public sealed interface TopicAnswer {

    /** It is there. */
    record Found(TopicDescription description) implements TopicAnswer {}

    /** Kafka says that it does not know the name; a broker with old metadata may say so too. */
    record Unknown() implements TopicAnswer {}

    /** It was not told: no rights, no answer in time. This says nothing about whether the topic exists. */
    record Failed(KafkaException cause) implements TopicAnswer {}
}
