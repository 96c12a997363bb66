// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.common.TopicPartition;

/** Topics that are made, measured and removed. */
public final class TargetTopic {

    private final String bootstrapServers;
    private final String name;

    /** @param name of the topic, which may exist */
    public TargetTopic(String bootstrapServers, String name) {
        this.bootstrapServers = bootstrapServers;
        this.name = name;
    }

    /** Creates it; it keeps everything, whatever the timestamps. */
    public void create(int partitions) throws InterruptedException {
        create(partitions, Map.of());
    }

    /** As {@link #create(int)}, with more configs. */
    public void create(int partitions, Map<String, String> configs) throws InterruptedException {
        Map<String, String> all = new HashMap<>(configs);
        all.put("retention.ms", "-1");
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(all)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Topic " + name + " cannot be created", e.getCause());
        }
    }

    /** Removes it if it is there. */
    public void delete() throws InterruptedException {
        try (Admin admin = admin()) {
            if (admin.listTopics().names().get().contains(name)) {
                admin.deleteTopics(List.of(name)).all().get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("Topic " + name + " cannot be deleted", e.getCause());
        }
    }

    /** Returns when each of its partitions has a leader that answers. */
    public void awaitLeaders(int partitions) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> all = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            all.put(new TopicPartition(name, partition), OffsetSpec.latest());
        }
        try (Admin admin = admin()) {
            admin.listOffsets(all).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Topic " + name + " has no leaders", e.getCause());
        }
    }

    /** The id of its incarnation. */
    public String id() throws InterruptedException {
        try (Admin admin = admin()) {
            return admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .values()
                    .iterator()
                    .next()
                    .topicId()
                    .toString();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Topic " + name + " cannot be described", e.getCause());
        }
    }

    /** The id of the cluster that it is in. */
    public String clusterId() throws InterruptedException {
        try (Admin admin = admin()) {
            return admin.describeCluster().clusterId().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The cluster does not say its id", e.getCause());
        }
    }

    /** Bytes of its logs on the disk of the broker. */
    public long logBytes() throws InterruptedException {
        try (Admin admin = admin()) {
            Set<Integer> brokers = Set.of(
                    admin.describeCluster().nodes().get().iterator().next().id());
            return admin.describeLogDirs(brokers).allDescriptions().get().values().stream()
                    .flatMap(folders -> folders.values().stream())
                    .flatMap(folder -> folder.replicaInfos().entrySet().stream())
                    .filter(replica -> replica.getKey().topic().equals(name))
                    .map(Map.Entry::getValue)
                    .mapToLong(ReplicaInfo::size)
                    .sum();
        } catch (ExecutionException e) {
            throw new IllegalStateException("The size of topic " + name + " cannot be read", e.getCause());
        }
    }

    private Admin admin() {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }
}
