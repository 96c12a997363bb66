// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.session;

import dev.kafkabackup.cli.flink.Counters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.rest.messages.ConversionException;
import org.apache.flink.runtime.rest.messages.EmptyRequestBody;
import org.apache.flink.runtime.rest.messages.MessageParameters;
import org.apache.flink.runtime.rest.messages.MessagePathParameter;
import org.apache.flink.runtime.rest.messages.MessageQueryParameter;
import org.apache.flink.runtime.rest.messages.job.JobDetailsInfo;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedMetric;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedSubtaskMetricsHeaders;
import org.apache.flink.runtime.rest.messages.job.metrics.AggregatedSubtaskMetricsParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What jobs on a session cluster count, as its web UI shows it. Tasks that were started again begin at 0: what they had
 * counted before is kept here.
 */
final class SessionCounters implements Counters {

    private static final Logger LOG = LoggerFactory.getLogger(SessionCounters.class);

    private static final int ANSWER_SECONDS = 5;

    /** Longer addresses are not understood everywhere; it is about as many ids as fit. */
    private static final int IDS_AT_ONCE = 20;

    private final RestClusterClient<StandaloneClusterId> client;
    private @Nullable JobID job;
    private final Map<String, Long> ended = new HashMap<>();
    private final Map<String, Long> last = new HashMap<>();

    SessionCounters(RestClusterClient<StandaloneClusterId> client) {
        this.client = client;
    }

    /** From now on this job is asked; what those before it counted stays. */
    synchronized void follow(JobID next) {
        last.forEach((key, count) -> ended.merge(key, count, Long::sum));
        last.clear();
        job = next;
    }

    @Override
    public synchronized long sum(String group, String value, String name) {
        // what the REST interface makes of a name
        String suffix = "." + group + "." + value.replaceAll("[^a-zA-Z0-9_-]", "_") + "." + name;
        long before = last.getOrDefault(suffix, 0L);
        long now = job == null ? before : count(job, suffix, before);
        if (now < before) {
            ended.merge(suffix, before, Long::sum);
        }
        last.put(suffix, now);
        return ended.getOrDefault(suffix, 0L) + now;
    }

    /** What the present tasks have counted, or what was known if nobody answers. */
    private long count(JobID asked, String suffix, long known) {
        try {
            JobDetailsInfo details = client.getJobDetails(asked).get(ANSWER_SECONDS, TimeUnit.SECONDS);
            long sum = 0;
            boolean found = false;
            for (JobDetailsInfo.JobVertexDetailsInfo vertex : details.getJobVertexInfos()) {
                String ids = String.join(
                        ",",
                        metrics(asked, vertex.getJobVertexID(), "").stream()
                                .map(AggregatedMetric::getId)
                                .filter(id -> id.endsWith(suffix))
                                .limit(IDS_AT_ONCE)
                                .toList());
                if (!ids.isEmpty()) {
                    found = true;
                    sum += metrics(asked, vertex.getJobVertexID(), ids).stream()
                            .mapToLong(metric -> metric.getSum() == null
                                    ? 0
                                    : metric.getSum().longValue())
                            .sum();
                }
            }
            return found ? sum : known;
        } catch (ExecutionException | TimeoutException | ConversionException e) {
            LOG.debug("The cluster does not tell what job {} counts", asked, e);
            return known;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return known;
        }
    }

    /** The sums over all subtasks; only the ids if none is asked for. */
    private java.util.Collection<AggregatedMetric> metrics(JobID asked, JobVertexID vertex, String ids)
            throws ConversionException, ExecutionException, InterruptedException, TimeoutException {
        AggregatedSubtaskMetricsHeaders headers = AggregatedSubtaskMetricsHeaders.getInstance();
        AggregatedSubtaskMetricsParameters parameters = headers.getUnresolvedMessageParameters();
        resolve(parameters, "jobid", asked.toHexString());
        resolve(parameters, "vertexid", vertex.toHexString());
        if (!ids.isEmpty()) {
            resolve(parameters, "get", ids);
            resolve(parameters, "agg", "sum");
        }
        CompletableFuture<org.apache.flink.runtime.rest.messages.job.metrics.AggregatedMetricsResponseBody> asking =
                client.sendRequest(headers, parameters, EmptyRequestBody.getInstance());
        return asking.get(ANSWER_SECONDS, TimeUnit.SECONDS).getMetrics();
    }

    private static void resolve(MessageParameters parameters, String key, String value) throws ConversionException {
        for (MessagePathParameter<?> parameter : parameters.getPathParameters()) {
            if (parameter.getKey().equals(key)) {
                parameter.resolveFromString(value);
            }
        }
        for (MessageQueryParameter<?> parameter : parameters.getQueryParameters()) {
            if (parameter.getKey().equals(key)) {
                parameter.resolveFromString(value);
            }
        }
    }
}
