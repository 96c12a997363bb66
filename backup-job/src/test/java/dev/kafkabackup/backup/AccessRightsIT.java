// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.kafkabackup.catalog.TopicMetadataStore;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.topic.TopicIncarnation;
import dev.kafkabackup.topic.TopicMetadata;
import dev.kafkabackup.topic.TopicState;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rights that are taken away and given back: the topic waits, nothing else notices, nothing counts as deleted. */
@Timeout(120)
class AccessRightsIT {

    @RegisterExtension
    static final BrokerExtension BROKER = new BrokerExtension()
            .with("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .with("allow.everyone.if.no.acl.found", "true");

    @RegisterExtension
    static final MiniClusterExtension FLINK = TestBackup.cluster();

    @TempDir
    private Path folder;

    private final ProducedLog log = new ProducedLog();

    @Test
    void aTopicThatMayNotBeReadForAWhileGoesOnAfterwards() throws Exception {
        assertThatATopicGoesOnAfter(AclOperation.READ, "may-read");
    }

    @Test
    void aTopicThatMayNotBeSeenForAWhileIsNotTakenForDeleted() throws Exception {
        assertThatATopicGoesOnAfter(AclOperation.DESCRIBE, "may-see");
    }

    private void assertThatATopicGoesOnAfter(AclOperation denied, String name) throws Exception {
        String open = name + "-open";
        Uuid secretId = BROKER.createTopic(name, 2);
        Uuid openId = BROKER.createTopic(open, 2);
        Produce.to(BROKER, log, name, 2, 200);
        Produce.to(BROKER, log, open, 2, 200);
        TestBackup backup = new TestBackup(BROKER, folder).with(BackupOptions.INCLUDE, name + ".*");
        AclBinding acl = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, name, PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", denied, AclPermissionType.DENY));
        AclBinding others = new AclBinding(
                acl.pattern(), new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW));
        try (RunningBackup job = backup.start()) {
            backup.awaitCovered(log, name, secretId);
            BROKER.admin().createAcls(List.of(acl, others)).all().get();
            if (denied == AclOperation.READ) {
                Produce.to(BROKER, log, name, 2, 100);
            } else {
                await().until(() -> isDenied(name));
            }
            for (int round = 0; round < 3; round++) {
                // new topics are seen, so rounds of discovery went by
                String canary = name + "-canary-" + round;
                Uuid id = BROKER.createTopic(canary, 1);
                Produce.to(BROKER, log, canary, 1, 10);
                backup.awaitCovered(log, canary, id);
            }
            Produce.to(BROKER, log, open, 2, 100);
            backup.awaitCovered(log, open, openId);
            BROKER.admin()
                    .deleteAcls(List.of(new AclBindingFilter(
                            acl.pattern().toFilter(), acl.entry().toFilter())))
                    .all()
                    .get();
            await().until(() -> !isDenied(name));
            Produce.to(BROKER, log, name, 2, 100);
            backup.awaitCovered(log, name, secretId);
            assertThat(job.status()).isEqualTo(JobStatus.RUNNING);
        }

        backup.assertComplete(log, name, secretId);
        backup.assertEachOffsetInOneSegment(log, name, secretId);
        backup.assertComplete(log, open, openId);
        assertThat(new TopicMetadataStore(backup.storage()).history(new TopicIncarnation(name, secretId)))
                .extracting(TopicMetadata::state)
                .containsOnly(TopicState.LIVE);
    }

    private static boolean isDenied(String topic) throws InterruptedException {
        try {
            BROKER.admin().describeTopics(List.of(topic)).allTopicNames().get();
            return false;
        } catch (ExecutionException e) {
            return e.getCause() instanceof TopicAuthorizationException;
        }
    }
}
