// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.inspection.verify;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.catalog.Catalog;
import dev.kafkabackup.catalog.PartitionSegments;
import dev.kafkabackup.catalog.SegmentSlice;
import dev.kafkabackup.error.BackupException;
import dev.kafkabackup.inspection.verify.Finding.Kind;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.parquet.FileChecksum;
import dev.kafkabackup.retention.HoldStore;
import dev.kafkabackup.segment.SegmentFooter;
import dev.kafkabackup.segment.SegmentMetadata;
import dev.kafkabackup.segment.SegmentName;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicIdPartition;

/**
 * Segments that are whole, byte by byte, but lie in a wrong folder or under a wrong name: their footer says where they
 * belong, and their records may be nowhere else. They are published there before they are removed where they lie, so
 * somebody who is killed in between leaves one too many, never one too few.
 */
final class MisplacedSegments {

    /** No segment's name, so that nothing is read from there; the footer says what it is. */
    private static final String ASIDE = "aside-%s";

    private final BackupStorage storage;
    private final Catalog catalog;
    private final String clusterId;
    private final HealingOutcome outcome;

    MisplacedSegments(BackupStorage storage, String clusterId, HealingOutcome outcome) {
        this.storage = storage;
        this.catalog = new Catalog(storage);
        this.clusterId = clusterId;
        this.outcome = outcome;
    }

    /**
     * A whole segment in a wrong place.
     *
     * @param path where it lies
     * @param partition where it belongs
     * @param name as it was written
     */
    private record Stray(String path, TopicIdPartition partition, SegmentName name) {

        String home() {
            return BackupLayout.segment(partition, name);
        }
    }

    /**
     * Looks at what is wrong in these partitions.
     *
     * @return paths of the segments that are where they belong now
     */
    Set<String> bringHome(Collection<PartitionResult> wrong) throws IOException {
        Map<TopicIdPartition, Set<SegmentName>> damaged = new HashMap<>();
        Map<String, Stray> strays = new LinkedHashMap<>();
        for (PartitionResult result : wrong) {
            damaged.put(result.partition(), result.damaged());
            for (Finding finding : result.findings()) {
                String object = finding.object();
                if (object != null && (finding.kind() == Kind.DAMAGED || finding.kind() == Kind.NOT_A_SEGMENT)) {
                    stray(object).ifPresent(stray -> strays.put(object, stray));
                }
            }
        }
        Set<String> homes = strays.values().stream().map(Stray::home).collect(Collectors.toSet());
        Set<String> reached = new HashSet<>();
        List<Stray> movable = new ArrayList<>();
        for (Stray stray : strays.values()) {
            // one that lies where another one belongs would be overwritten by that
            movable.add(homes.contains(stray.path()) ? setAside(stray) : stray);
        }
        for (Stray stray : movable) {
            if (!isElsewhere(stray, damaged.getOrDefault(stray.partition(), Set.of()))) {
                storage.publish(stray.home(), ObjectContent.of(storage.read(stray.path())));
                reached.add(stray.home());
                outcome.done("%s: brought %s to where it belongs", stray.partition(), stray.name());
            }
        }
        for (Stray stray : movable) {
            removeUnlessHeld(stray, reached);
        }
        for (Stray stray : strays.values()) {
            if (!reached.contains(stray.path())) {
                removeUnlessHeld(stray, reached);
            }
        }
        return reached;
    }

    /** Empty if it is damaged, lies where it belongs, or is none of this backup's. */
    private Optional<Stray> stray(String path) throws IOException {
        try {
            byte[] object = storage.read(path);
            if (!FileChecksum.check(object)) {
                return Optional.empty();
            }
            SegmentMetadata footer = SegmentFooter.read(path, object).metadata();
            Optional<SegmentName> name = footer.name() == null
                    ? Optional.empty()
                    : SegmentName.parse(footer.name() + "_" + object.length + SegmentName.SUFFIX);
            return name.map(written -> new Stray(path, footer.partition(), written))
                    .filter(stray -> footer.clusterId().equals(clusterId)
                            && !stray.home().equals(path));
        } catch (FileNotFoundException e) {
            return Optional.empty();
        } catch (IOException | BackupException e) {
            // damaged, or not to be read: the checksum is no help then
            return Optional.empty();
        }
    }

    private Stray setAside(Stray stray) throws IOException {
        String folder = stray.path().substring(0, stray.path().lastIndexOf('/') + 1);
        String aside = folder + ASIDE.formatted(stray.name());
        storage.publish(aside, ObjectContent.of(storage.read(stray.path())));
        return new Stray(aside, stray.partition(), stray.name());
    }

    /** Whether other segments cover all that it covers, and none that it overrules. */
    private boolean isElsewhere(Stray stray, Set<SegmentName> damaged) throws IOException {
        PartitionSegments home = catalog.segments(stray.partition()).without(damaged);
        Coverage others = Coverage.of(home.slices().stream()
                .filter(slice ->
                        !BackupLayout.segment(stray.partition(), slice.name()).equals(stray.path()))
                .filter(slice -> slice.name().leaderEpoch() >= stray.name().leaderEpoch())
                .map(SegmentSlice::valid)
                .toList());
        OffsetRange range = stray.name().range();
        return others.firstUncovered(range.startOffset()) >= range.endOffset();
    }

    private void removeUnlessHeld(Stray stray, Set<String> reached) throws IOException {
        if (!reached.contains(stray.home())
                && !new HoldStore(storage)
                        .active(TopicIncarnation.of(stray.partition()), Instant.now())
                        .isEmpty()) {
            outcome.left("%s: %s stays, because the topic is held", stray.partition(), stray.path());
            return;
        }
        storage.delete(stray.path());
        outcome.done("%s: removed %s, which belongs elsewhere", stray.partition(), stray.path());
    }
}
