// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ConcurrentCalls;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.TopicIdPartition;

/**
 * The offset map of one restore, in files named by topic ID, partition and first source offset: writing the same runs
 * again replaces the same files, so a step that is repeated after a failure changes nothing.
 */
public final class OffsetMapStore {

    /** A long restore has some hundred files of a few bytes: enough to hide the delay of an object store. */
    private static final int READS_AT_ONCE = 16;

    private static final String SUFFIX = ".parquet";

    private final BackupStorage storage;
    private final String folder;

    /**
     * @param storage where the backup lies; not closed by this store
     * @param restoreFolder folder of the restore, below the root
     */
    public OffsetMapStore(BackupStorage storage, String restoreFolder) {
        this.storage = storage;
        this.folder = restoreFolder + "/offset-map";
    }

    /**
     * Publishes the runs of one commit: a file for each source partition.
     *
     * @return paths of the files
     */
    public Set<String> write(List<OffsetMapRun> runs) throws IOException {
        Map<TopicIdPartition, List<OffsetMapRun>> byPartition = new LinkedHashMap<>();
        for (OffsetMapRun run : runs) {
            byPartition.computeIfAbsent(run.source(), any -> new ArrayList<>()).add(run);
        }
        Set<String> written = new HashSet<>();
        for (Map.Entry<TopicIdPartition, List<OffsetMapRun>> part : byPartition.entrySet()) {
            String path = folder + "/" + fileName(part.getKey(), part.getValue().get(0));
            storage.publish(path, ObjectContent.of(OffsetMapFile.write(part.getValue())));
            written.add(path);
        }
        return written;
    }

    /** Paths of the files that there are. */
    public Set<String> files() throws IOException {
        Set<String> files = new HashSet<>();
        for (StoredObject object : storage.list(folder)) {
            if (object.fileName().endsWith(SUFFIX)) {
                files.add(object.path());
            }
        }
        return files;
    }

    /** Removes files. */
    public void remove(Set<String> paths) throws IOException {
        for (String path : paths) {
            storage.delete(path);
        }
    }

    private static String fileName(TopicIdPartition partition, OffsetMapRun first) {
        return String.format(
                Locale.ROOT,
                "%s-%05d-%020d%s",
                partition.topicId(),
                partition.partition(),
                first.sourceOffset(),
                SUFFIX);
    }

    /**
     * Reads the whole map; empty if nothing was written.
     *
     * @throws CorruptDataException if a file cannot be read, or files contradict each other
     */
    public OffsetMap read() throws IOException {
        List<OffsetMapRun> runs = new ArrayList<>();
        try (ConcurrentCalls calls = new ConcurrentCalls(READS_AT_ONCE)) {
            calls.forEach(files(), path -> OffsetMapFile.read(path, storage.read(path)))
                    .forEach(runs::addAll);
        }
        try {
            return OffsetMap.of(runs);
        } catch (IllegalArgumentException e) {
            throw new CorruptDataException(folder, String.valueOf(e.getMessage()), e);
        }
    }
}
