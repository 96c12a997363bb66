// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.kafka.KafkaConnection;
import dev.kafkabackup.maintenance.simulation.SimulatedBackup;
import dev.kafkabackup.maintenance.simulation.Simulation;
import dev.kafkabackup.maintenance.watch.KafkaLook;
import dev.kafkabackup.maintenance.watch.Seen;
import dev.kafkabackup.retention.RetentionStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a real broker does not tell, or tells of another cluster, or too much at once: although all of it is due,
 * nothing is removed, and the report says why. As soon as nothing stands in the way any more, it is.
 */
@Timeout(120)
class KafkaSafetyIT {

    private static final MaintenanceConfig CONFIG = Simulation.config(Simulation.WEEK, Simulation.MONTH);

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "true");

    private final Simulation simulation = Simulation.inMemory();
    private TopicIncarnation topic = new TopicIncarnation("none yet", Uuid.randomUuid());
    private Answers answers = KafkaSafetyIT::look;

    /** What Kafka says. */
    private interface Answers {
        Map<TopicIncarnation, Seen> about(Collection<TopicIncarnation> topics);
    }

    @BeforeEach
    void nameTheTopic(TestInfo test) {
        String name = test.getTestMethod().orElseThrow().getName();
        topic = new TopicIncarnation(name, BROKER.createTopic(name, 1));
    }

    private static Map<TopicIncarnation, Seen> look(Collection<TopicIncarnation> topics) {
        return look(BROKER.clusterId(), topics);
    }

    private static Map<TopicIncarnation, Seen> look(String clusterId, Collection<TopicIncarnation> topics) {
        return new KafkaLook(new KafkaConnection(BROKER.bootstrapServers(), Map.of()), BROKER.admin(), clusterId)
                .look(topics);
    }

    private Maintenance maintenance() {
        return simulation.maintenance("a", CONFIG, topics -> answers.about(topics));
    }

    /** Three segments, all of which Kafka removed a week ago. */
    private SimulatedBackup due(Maintenance maintenance) throws Exception {
        RandomRecords records = RandomRecords.small();
        try (RecordingProducer producer = new RecordingProducer(BROKER.bootstrapServers(), new ProducedLog())) {
            for (int i = 0; i < 30; i++) {
                producer.send(records.next(topic.name(), 0));
            }
        }
        BROKER.admin()
                .deleteRecords(Map.of(new TopicPartition(topic.name(), 0), RecordsToDelete.beforeOffset(30)))
                .all()
                .get();
        SimulatedBackup backup = simulation.backup(topic, 3);
        simulation.run(maintenance, Simulation.WEEK.minusHours(6));
        simulation.clock().pass(Simulation.DAY);
        return backup;
    }

    private int segments(SimulatedBackup backup) throws IOException {
        return backup.listed(simulation.storage()).segments().size();
    }

    private void assertRefused(CycleReport report, SimulatedBackup backup, String... why) throws IOException {
        assertThat(report.done()).isEmpty();
        assertThat(report.refusals()).singleElement().asString().contains(why);
        assertThat(segments(backup)).isEqualTo(3);
    }

    @Test
    void theWrongCluster() throws Exception {
        Maintenance maintenance = maintenance();
        SimulatedBackup backup = due(maintenance);

        answers = topics -> look("another-cluster", topics);
        assertRefused(maintenance.run(), backup, topic.name(), "is cluster", "another-cluster");

        answers = KafkaSafetyIT::look;
        maintenance.run();
        assertThat(segments(backup)).isZero();
    }

    @Test
    void anAclTakenAway() throws Exception {
        Maintenance maintenance = maintenance();
        SimulatedBackup backup = due(maintenance);
        AclBinding denied = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic.name(), PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.ALL, AclPermissionType.DENY));

        BROKER.admin().createAcls(List.of(denied)).all().get();
        await().until(() -> look(List.of(topic)).get(topic) instanceof Seen.NotTold);
        assertRefused(maintenance.run(), backup, topic.name(), "authorization failed");

        BROKER.admin().deleteAcls(List.of(denied.toFilter())).all().get();
        await().until(() -> look(List.of(topic)).get(topic) instanceof Seen.There);
        maintenance.run();
        assertThat(segments(backup)).isZero();
    }

    @Test
    void callsThatFail() throws Exception {
        Maintenance maintenance = maintenance();
        SimulatedBackup backup = due(maintenance);

        // nothing listens there
        KafkaConnection away = new KafkaConnection(
                "localhost:1", Map.of("default.api.timeout.ms", "500", "request.timeout.ms", "400"));
        try (Admin admin = away.admin("away")) {
            answers = topics -> new KafkaLook(away, admin, BROKER.clusterId()).look(topics);
            assertRefused(maintenance.run(), backup, topic.name(), "localhost:1");
        }

        answers = KafkaSafetyIT::look;
        maintenance.run();
        assertThat(segments(backup)).isZero();
    }

    @Test
    void nineOfTenTopicsGone() throws Exception {
        List<TopicIncarnation> gone = new ArrayList<>();
        List<SimulatedBackup> backups = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            String name = "gone-" + i;
            gone.add(new TopicIncarnation(name, BROKER.createTopic(name, 1)));
            backups.add(simulation.backup(gone.get(i), 1));
        }
        simulation.backup(topic, 1);
        Maintenance maintenance = maintenance();
        maintenance.run();
        for (TopicIncarnation each : gone) {
            BROKER.deleteTopic(each.name());
            simulation.metadata(each, TopicState.DELETED);
        }

        CycleReport report = simulation.run(maintenance, Simulation.MONTH.plus(Simulation.DAY));
        assertThat(report.done()).isEmpty();
        assertThat(report.refusals()).singleElement().asString().contains("9 topics", "confirm-deletions");
        for (SimulatedBackup each : backups) {
            assertThat(segments(each)).isEqualTo(1);
        }

        for (TopicIncarnation each : gone) {
            new RetentionStore(simulation.storage())
                    .confirmDeletion(each, simulation.clock().now());
        }
        assertThat(maintenance.run().done()).extracting(Removal::topic).containsExactlyInAnyOrderElementsOf(gone);
    }
}
