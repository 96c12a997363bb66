// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks for topics by name: an answer for each of them, so that one topic without rights hides no other. */
public final class TopicLookup {

    /** Topics in one request, so that its answer stays small. */
    private static final int BATCH = 500;

    private TopicLookup() {}

    /**
     * Describes topics.
     *
     * @return an answer for every name asked for
     */
    public static Map<String, TopicAnswer> describe(Admin admin, Collection<String> names) {
        return describe(admin, names, new DescribeTopicsOptions());
    }

    /** The same with what may be done to each topic. */
    public static Map<String, TopicAnswer> describeWithRights(Admin admin, Collection<String> names) {
        return describe(admin, names, new DescribeTopicsOptions().includeAuthorizedOperations(true));
    }

    private static Map<String, TopicAnswer> describe(
            Admin admin, Collection<String> names, DescribeTopicsOptions options) {
        Map<String, TopicAnswer> answers = new TreeMap<>();
        List<String> all = new ArrayList<>(names);
        for (int from = 0; from < all.size(); from += BATCH) {
            List<String> batch = all.subList(from, Math.min(all.size(), from + BATCH));
            Map<String, KafkaFuture<TopicDescription>> futures = admin.describeTopics(
                            TopicCollection.ofTopicNames(batch), options)
                    .topicNameValues();
            futures.forEach((name, future) -> answers.put(name, answer(name, future)));
        }
        return answers;
    }

    private static TopicAnswer answer(String name, KafkaFuture<TopicDescription> future) {
        try {
            TopicDescription description = KafkaConnection.await(future);
            return Uuid.ZERO_UUID.equals(description.topicId())
                    ? new TopicAnswer.Failed(new KafkaException(
                            "the broker gives no topic ID for " + name + ": Kafka 3.1 or newer is needed"))
                    : new TopicAnswer.Found(description);
        } catch (UnknownTopicOrPartitionException e) {
            return new TopicAnswer.Unknown();
        } catch (KafkaException e) {
            return new TopicAnswer.Failed(e);
        }
    }
}
