// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.topicconfig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.testing.BrokerExtension;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FinalizationIT {

    private static final long WEEK_MS = Duration.ofDays(7).toMillis();

    /** In hours, as most clusters have it: a week. */
    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension().without("log.retention.ms");

    private static final Map<String, String> WHILE_FILLED =
            Map.of("retention.ms", "-1", "retention.bytes", "-1", "cleanup.policy", "delete");

    private final Instant now = Instant.now();
    private final Finalization finalization = new Finalization(BROKER.admin(), Clock.fixed(now, ZoneOffset.UTC));

    private static TargetConfig filled(String topic, Map<String, String> original) {
        Uuid id = BROKER.createTopic(topic, 2, WHILE_FILLED);
        return new TargetConfig(topic, id, true, true, original, WHILE_FILLED);
    }

    private void produce(String topic, int partition, Duration... ages) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (Duration age : ages) {
                producer.send(new ProducerRecord<>(
                                topic,
                                partition,
                                now.minus(age).toEpochMilli(),
                                null,
                                "value".getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    @Test
    void theOriginalValuesAreSetAndWhatHadNoneGetsTheClustersDefault() {
        TargetConfig target = filled("originals", Map.of("retention.ms", "1209600000", "segment.ms", "777777"));

        List<FinalizedTopic> planned = finalization.plan(List.of(target));
        assertThat(planned).singleElement().satisfies(topic -> {
            assertThat(topic.changes())
                    .contains(
                            new ConfigDifference("retention.ms", "-1", "1209600000"),
                            new ConfigDifference("retention.bytes", "-1", null));
            assertThat(topic.leftAlone()).isNull();
        });
        assertThat(LiveConfigs.of(BROKER.admin(), "originals").all())
                .as("a plan changes nothing")
                .containsEntry("retention.ms", "-1");
        finalization.apply(planned);

        LiveConfigs live = LiveConfigs.of(BROKER.admin(), "originals");
        assertThat(live.all()).containsEntry("retention.ms", "1209600000").containsEntry("segment.ms", "777777");
        assertThat(live.own()).containsExactlyInAnyOrder("retention.ms", "segment.ms");
        assertThat(finalization.plan(List.of(target)))
                .singleElement()
                .satisfies(topic -> assertThat(topic.changes()).isEmpty());
    }

    @Test
    void itSaysWhichRecordsTheBrokerDeletesThen() throws Exception {
        TargetConfig target = filled("deletions", Map.of("cleanup.policy", "compact,delete"));
        produce("deletions", 0, Duration.ofDays(30), Duration.ofDays(10), Duration.ofDays(1), Duration.ofDays(20));
        produce("deletions", 1, Duration.ofDays(1));

        assertThat(finalization.plan(List.of(target)))
                .singleElement()
                .satisfies(topic -> assertThat(topic.deletions())
                        .containsExactly(
                                "records older than %s (retention.ms=%d), at most these offsets of partitions: 0: 0 to 1"
                                        .formatted(Instant.ofEpochMilli(now.toEpochMilli() - WEEK_MS), WEEK_MS),
                                "all records but the last one of each key (cleanup.policy=compact,delete)"));
    }

    @Test
    void wherePartitionsAreLargerThanTheyMayBeItSaysWhich() throws Exception {
        TargetConfig target = filled("too-large", Map.of("retention.bytes", "10", "retention.ms", "-1"));
        produce("too-large", 1, Duration.ofDays(30));

        assertThat(finalization.plan(List.of(target)))
                .singleElement()
                .satisfies(
                        topic -> assertThat(topic.deletions())
                                .singleElement()
                                .asString()
                                .startsWith(
                                        "the oldest records of partitions that have more than 10 bytes (retention.bytes): 1 has "));
    }

    @Test
    void whatIsYoungEnoughIsNotDeleted() throws Exception {
        TargetConfig target = filled("young", Map.of());
        produce("young", 0, Duration.ofDays(6), Duration.ZERO);

        assertThat(finalization.plan(List.of(target))).singleElement().satisfies(topic -> {
            assertThat(topic.changes()).isNotEmpty();
            assertThat(topic.deletions()).isEmpty();
        });
    }

    @Test
    void whatIsNotOursOrNotKnownStaysAsItIs() {
        TargetConfig ours = filled("replaced", Map.of());
        BROKER.deleteTopic("replaced");
        Uuid replacement = BROKER.createTopic("replaced", 2, WHILE_FILLED);
        Uuid existing = BROKER.createTopic("existing", 2, WHILE_FILLED);
        TargetConfig unknown = filled("unknown-original", Map.of());

        List<FinalizedTopic> planned = finalization.plan(List.of(
                ours,
                new TargetConfig("gone", Uuid.randomUuid(), true, true, Map.of(), WHILE_FILLED),
                new TargetConfig("existing", existing, false, true, Map.of(), Map.of()),
                new TargetConfig("unknown-original", unknown.topicId(), true, false, Map.of(), WHILE_FILLED)));
        finalization.apply(planned);

        assertThat(planned)
                .extracting(FinalizedTopic::leftAlone)
                .containsExactly(
                        "it is another topic now (%s, the restore had created %s)"
                                .formatted(replacement, ours.topicId()),
                        "it does not exist any more",
                        "it was there before the restore, which changes no configuration of such a topic",
                        "the backup does not know its original configuration (the right DESCRIBE_CONFIGS was missing)");
        assertThat(planned).extracting(FinalizedTopic::refused).containsExactly(true, true, false, true);
        for (String topic : List.of("replaced", "existing", "unknown-original")) {
            assertThat(LiveConfigs.of(BROKER.admin(), topic).all()).containsEntry("retention.ms", "-1");
        }
    }

    @Test
    void whatSomebodyHasSetSinceThenIsKept() throws Exception {
        TargetConfig target = filled("changed-since", Map.of());
        finalization.apply(List.of(new FinalizedTopic(
                "changed-since", List.of(new ConfigDifference("segment.ms", "", "654321")), List.of(), null, false)));

        finalization.apply(finalization.plan(List.of(target)));

        assertThat(LiveConfigs.of(BROKER.admin(), "changed-since").own()).containsExactly("segment.ms");
    }
}
