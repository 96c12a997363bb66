// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kafkabackup.e2e.judge.Judge;
import dev.kafkabackup.testing.BrokerExtension;
import dev.kafkabackup.testing.ProducedLog;
import dev.kafkabackup.testing.RandomRecords;
import dev.kafkabackup.testing.RecordingProducer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;

/** A topic of one partition that is deleted and created again whenever a test wants it, each time with new records. */
final class ReplacedTopic {

    private static final int RECORDS = 100;

    private final BrokerExtension broker;
    private final ProducedLog produced;
    private final String name;
    private final RandomRecords records;
    private final List<Uuid> incarnations = new ArrayList<>();

    ReplacedTopic(BrokerExtension broker, ProducedLog produced, String name, RandomRecords records) {
        this.broker = broker;
        this.produced = produced;
        this.name = name;
        this.records = records;
    }

    void replace() {
        if (!incarnations.isEmpty()) {
            broker.deleteTopic(name);
        }
        incarnations.add(broker.createTopic(name, 1));
        try (RecordingProducer producer = new RecordingProducer(broker.bootstrapServers(), produced)) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.next(name, 0));
            }
        }
    }

    /** Whether everything of the present incarnation is covered. */
    boolean isCovered(Judge judge) {
        StoredOffsets stored = new StoredOffsets(judge, name, present());
        return stored.coveredUpTo().size() == 1 && stored.hold(produced);
    }

    /** The present incarnation is complete, and those before it are as far as the backup has seen them. */
    void assertKeptApart(Judge judge) {
        assertThat(judge.incarnations(name)).isSubsetOf(incarnations);
        for (Uuid incarnation : incarnations) {
            judge.assertCompleteAsFarAsCovered(produced, name, incarnation);
            judge.assertContiguous(name, incarnation);
        }
        judge.assertComplete(produced, name, present());
    }

    void assertNoOverlap(Judge judge) {
        incarnations.forEach(incarnation -> judge.assertNoOverlap(name, incarnation));
    }

    private Uuid present() {
        return incarnations.get(incarnations.size() - 1);
    }
}
