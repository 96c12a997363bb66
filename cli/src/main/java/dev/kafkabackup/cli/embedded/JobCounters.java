// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.embedded;

import dev.kafkabackup.cli.flink.Counters;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Sums the counters of an embedded Flink's jobs while they run: what its web UI shows, without asking over HTTP and
 * without the characters that are replaced there.
 *
 * <p>Safe for use from any thread.
 */
public final class JobCounters implements MetricReporter, Counters {

    private static final String NAME = "kafka-backup-counters";
    private static final String ID = "id";

    /** Flink makes the reporter itself, from properties: this is how it finds the one that is waited for. */
    private static final Map<String, JobCounters> WAITED_FOR = new ConcurrentHashMap<>();

    private final String id = Integer.toHexString(System.identityHashCode(this));
    private final Map<Key, Set<Counter>> counters = new HashMap<>();
    private final Map<Key, Long> ended = new HashMap<>();

    /** Makes a Flink that is started with this configuration report to these counters. */
    void register(Configuration configuration) {
        WAITED_FOR.put(id, this);
        configuration
                .getOptional(MetricOptions.REPORTERS_LIST)
                .filter(list -> !list.isBlank())
                .ifPresent(list -> configuration.set(MetricOptions.REPORTERS_LIST, list + "," + NAME));
        String prefix = "metrics.reporter." + NAME + ".";
        configuration.setString(prefix + "factory.class", Factory.class.getName());
        configuration.setString(prefix + ID, id);
    }

    @Override
    public synchronized long sum(String group, String value, String name) {
        Key wanted = new Key(group, value, name);
        return ended.getOrDefault(wanted, 0L)
                + counters.getOrDefault(wanted, Set.of()).stream()
                        .mapToLong(Counter::getCount)
                        .sum();
    }

    @Override
    public void open(MetricConfig config) {
        // nothing to open
    }

    @Override
    public void close() {
        WAITED_FOR.remove(id);
    }

    @Override
    public synchronized void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
        if (metric instanceof Counter counter) {
            counters.computeIfAbsent(key(name, group), any -> Collections.newSetFromMap(new IdentityHashMap<>()))
                    .add(counter);
        }
    }

    @Override
    public synchronized void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
        Key key = key(name, group);
        if (metric instanceof Counter counter
                && counters.getOrDefault(key, new HashSet<>()).remove(counter)) {
            ended.merge(key, counter.getCount(), Long::sum);
        }
    }

    /** Of the innermost group with a key, as in {@code topic.orders.recordsProduced}. */
    private static Key key(String name, MetricGroup group) {
        String[] scope = group.getScopeComponents();
        if (scope.length >= 2) {
            String last = scope[scope.length - 2];
            String value = group.getAllVariables().get("<" + last + ">");
            if (value != null) {
                return new Key(last, value, name);
            }
        }
        return new Key("", "", name);
    }

    /** Of no group if {@code group} is empty. */
    private record Key(String group, String value, String name) {}

    /** Named in the configuration of Flink. */
    public static final class Factory implements MetricReporterFactory {

        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            String id = properties.getProperty(ID, "");
            JobCounters waitedFor = WAITED_FOR.get(id);
            if (waitedFor == null) {
                throw new IllegalStateException("No counters of the id '" + id + "' are waited for");
            }
            return waitedFor;
        }
    }
}
