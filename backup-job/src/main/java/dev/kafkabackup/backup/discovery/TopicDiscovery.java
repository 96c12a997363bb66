// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup.discovery;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.kafka.TopicLookup;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicListing;
import org.apache.kafka.common.KafkaException;

/** Asks Kafka which of the wanted topics there are. Used from one thread. */
public final class TopicDiscovery {

    private final Admin admin;
    private final TopicFilter filter;

    /** Asks through the given client, which stays the caller's to close. */
    public TopicDiscovery(Admin admin, TopicFilter filter) {
        this.admin = admin;
        this.filter = filter;
    }

    /**
     * One round. Topics that the caller believes in are asked for by name even if the listing leaves them out: a
     * listing also leaves out what one may not see.
     *
     * @param believed names of topics that were there before; those that the filter does not want are not asked for
     * @throws KafkaException if not even the listing was answered
     */
    public DiscoveredTopics discover(Collection<String> believed) {
        Set<String> names = new TreeSet<>();
        for (TopicListing topic : KafkaConnection.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).listings())) {
            names.add(topic.name());
        }
        names.addAll(believed);
        names.removeIf(name -> !filter.matches(name));
        return new DiscoveredTopics(TopicLookup.describe(admin, names));
    }
}
