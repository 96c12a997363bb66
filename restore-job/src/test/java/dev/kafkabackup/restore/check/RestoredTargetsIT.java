// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.restore.plan.OnCorrupt;
import dev.kafkabackup.restore.plan.RestorePlan;
import dev.kafkabackup.restore.plan.TopicPlan;
import dev.kafkabackup.restore.select.RecordSelection;
import dev.kafkabackup.testing.BrokerExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RestoredTargetsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension();

    @Test
    void aTargetThatABrokerDoesNotKnowForAMomentIsNotGone() throws Exception {
        RestorePlan plan = plan("hesitant", BROKER.createTopic("hesitant", 1));
        AtomicInteger asked = new AtomicInteger();

        assertThat(new RestoredTargets(unknownAtFirst("hesitant", asked)).gone(plan))
                .isEmpty();
        assertThat(asked).hasValue(2);
    }

    @Test
    void aTargetThatStaysUnknownIsGone() throws Exception {
        RestorePlan plan = plan("deleted", BROKER.createTopic("deleted", 1));
        BROKER.deleteTopic("deleted");

        assertThat(new RestoredTargets(BROKER.admin()).gone(plan)).isEqualTo(Map.of("deleted", "deleted since"));
    }

    private static RestorePlan plan(String target, Uuid id) {
        return new RestorePlan(
                "restore-1",
                Instant.EPOCH,
                "a",
                "b",
                OnCorrupt.STOP,
                List.of(new TopicPlan(
                        target, List.of(Uuid.randomUuid()), target, id, 1, RecordSelection.ALL, List.of(), List.of())));
    }

    /** As a broker answers that has just started and not heard of all topics yet; the next answer is the real one. */
    private static Admin unknownAtFirst(String topic, AtomicInteger asked) {
        return (Admin) Proxy.newProxyInstance(
                RestoredTargetsIT.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("describeTopics") && asked.getAndIncrement() == 0) {
                        return new UnknownTopic(topic);
                    }
                    try {
                        return method.invoke(BROKER.admin(), arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static final class UnknownTopic extends DescribeTopicsResult {

        UnknownTopic(String topic) {
            super(null, Map.of(topic, unknown()));
        }

        private static <T> KafkaFutureImpl<T> unknown() {
            KafkaFutureImpl<T> answer = new KafkaFutureImpl<>();
            answer.completeExceptionally(new UnknownTopicOrPartitionException("not yet"));
            return answer;
        }
    }
}
