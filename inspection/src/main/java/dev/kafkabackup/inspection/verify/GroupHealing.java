// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.group.GroupHistory;
import dev.kafkabackup.group.GroupOffset;
import dev.kafkabackup.group.GroupOffsets;
import dev.kafkabackup.group.GroupSnapshot;
import dev.kafkabackup.inspection.live.LiveTopics;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes one full snapshot of what groups have committed, from what can be read and from what Kafka says now, and then
 * removes the snapshots that cannot be read. Offsets as of a moment between one of those and the next full snapshot may
 * be older than they were, so that a group sees records twice; since the new one everything is as it was.
 */
final class GroupHealing {

    private final BackupStorage storage;
    private final LiveTopics live;
    private final String ownGroup;
    private final HealingOutcome outcome;

    GroupHealing(BackupStorage storage, LiveTopics live, String ownGroup, HealingOutcome outcome) {
        this.storage = storage;
        this.live = live;
        this.ownGroup = ownGroup;
        this.outcome = outcome;
    }

    /** @param findings of all kinds; only those about group snapshots are looked at */
    void heal(Collection<Finding> findings) throws IOException {
        List<String> objects = new ArrayList<>();
        for (Finding finding : findings) {
            if (finding.kind() == Kind.GROUPS && finding.object() != null) {
                objects.add(finding.object());
            }
        }
        if (objects.isEmpty()) {
            return;
        }
        GroupHistory history = new GroupHistory(storage);
        boolean unreadable = false;
        for (String object : objects) {
            unreadable |= !bringHome(history, object);
        }
        if (unreadable) {
            history.append(now(history));
            outcome.done("groups: wrote down anew what groups have committed");
        }
        for (String object : objects) {
            storage.delete(object);
            outcome.done("groups: removed %s", object);
        }
    }

    /** One that can be read has only a wrong name. */
    private boolean bringHome(GroupHistory history, String object) throws IOException {
        try {
            history.append(Json.read(object, storage.read(object), GroupSnapshot.class));
            outcome.done("groups: brought %s to where it belongs", object);
            return true;
        } catch (BackupException e) {
            return false;
        }
    }

    private GroupSnapshot now(GroupHistory history) throws IOException {
        GroupOffsets known = history.asOf(Instant.MAX, e -> {});
        Map<GroupOffset.Key, GroupOffset> offsets = new HashMap<>();
        Set<String> groups = new HashSet<>();
        for (GroupOffset offset : known.all()) {
            offsets.put(offset.key(), offset);
            groups.add(offset.group());
        }
        for (GroupOffset offset : live.committed(
                incarnations(),
                groups,
                ownGroup,
                (group, e) -> outcome.left("groups: offsets of group %s are not known: %s", group, e.toString()))) {
            offsets.put(offset.key(), offset);
        }
        Instant now = Instant.now();
        Instant earliest = known.asOf().plusMillis(1);
        return new GroupSnapshot(
                now.isBefore(earliest) ? earliest : now, true, List.copyOf(offsets.values()), List.of());
    }

    private List<TopicIncarnation> incarnations() throws IOException {
        Catalog catalog = new Catalog(storage);
        List<TopicIncarnation> incarnations = new ArrayList<>();
        for (String topic : catalog.topics()) {
            incarnations.addAll(catalog.incarnations(topic));
        }
        return incarnations;
    }
}
