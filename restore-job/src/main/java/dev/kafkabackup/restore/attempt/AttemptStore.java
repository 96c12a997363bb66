// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.attempt;

import dev.kafkabackup.catalog.BackupLayout;
import dev.kafkabackup.error.RefusedException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The attempts of one restore, an object for each: {@code restores/<restore id>/attempts/<attempt>.json}.
 *
 * <p>They are what keeps a process that was frozen from adding records after another one has taken over. The rule has
 * two halves:
 *
 * <ul>
 *   <li>Who takes over writes its attempt first, and asks Kafka after that which transactions of the restore are open.
 *       All of these it fences, before it reads the target.
 *   <li>Who is about to commit has all records of the transaction acknowledged first, and looks for a newer attempt
 *       after that. If there is one, it does not commit.
 * </ul>
 *
 * <p>So for any transaction of an older attempt: if its owner sees no newer attempt, it looked before the newer one was
 * written, thus its records were acknowledged before that, thus the transaction was known to its coordinator when Kafka
 * was asked. Either it was committed before it was fenced, and its records are found in the target; or it is fenced,
 * and can never be committed. It makes no difference how long anybody was frozen, or between which two steps.
 *
 * <p>Relies on listings that show every object published before they began. Safe to use from any thread.
 */
public final class AttemptStore {

    private static final String SUFFIX = ".json";

    private final BackupStorage storage;
    private final String restoreId;

    /** @param storage where the backup lies; not closed by this store */
    public AttemptStore(BackupStorage storage, String restoreId) {
        this.storage = storage;
        this.restoreId = restoreId;
    }

    /**
     * Begins an attempt that is newer than all before.
     *
     * @param transactions whether what it will produce is in transactions
     * @throws RefusedException if another one, begun at the same time, is newer still
     */
    public AttemptId begin(Instant now, boolean transactions) throws IOException {
        AttemptId attempt = AttemptId.after(newest().map(AttemptId::number).orElse(0));
        write(attempt, new Attempt(now, transactions, null));
        requireNewest(attempt);
        return attempt;
    }

    /** Remembers where the tasks of an attempt go on; to be called before they start. */
    public void savePositions(AttemptId attempt, List<TargetPosition> positions) throws IOException {
        Attempt begun = read(attempt);
        write(attempt, new Attempt(begun.startedAt(), begun.transactions(), positions));
    }

    /** Whether what this attempt produces is in transactions. */
    public boolean transactions(AttemptId attempt) throws IOException {
        return read(attempt).transactions();
    }

    /** Where the tasks of an attempt go on; partitions into which nothing was restored before are missing. */
    public Map<TopicPartition, TargetPosition> positions(AttemptId attempt) throws IOException {
        Map<TopicPartition, TargetPosition> positions = new HashMap<>();
        List<TargetPosition> saved = read(attempt).positions();
        if (saved != null) {
            saved.forEach(position -> positions.put(position.target(), position));
        }
        return positions;
    }

    /** The newest attempt; empty if the restore was never begun. */
    public Optional<AttemptId> newest() throws IOException {
        return all().stream().max(Comparator.naturalOrder());
    }

    /** When the oldest attempt was begun, by its host's clock; empty if the restore was never begun. */
    public Optional<Instant> begunAt() throws IOException {
        Optional<AttemptId> oldest = all().stream().min(Comparator.naturalOrder());
        return oldest.isEmpty()
                ? Optional.empty()
                : Optional.of(read(oldest.get()).startedAt());
    }

    /** All attempts, in no particular order. */
    public List<AttemptId> all() throws IOException {
        return storage.list(folder()).stream()
                .map(StoredObject::fileName)
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                .map(AttemptId::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    /**
     * Checks that nobody has taken over.
     *
     * @throws RefusedException if there is a newer attempt
     */
    public void requireNewest(AttemptId attempt) throws IOException {
        Optional<AttemptId> newer = newest().filter(newest -> newest.compareTo(attempt) > 0);
        if (newer.isPresent()) {
            throw new RefusedException(
                    "Restore %s was started again meanwhile (attempt %s): this run (attempt %s) has stopped without another commit"
                            .formatted(restoreId, newer.get(), attempt));
        }
    }

    private Attempt read(AttemptId attempt) throws IOException {
        String path = path(attempt);
        return Json.read(path, storage.read(path), Attempt.class);
    }

    private void write(AttemptId attempt, Attempt content) throws IOException {
        storage.publish(path(attempt), ObjectContent.of(Json.write(content)));
    }

    private String folder() {
        return BackupLayout.restore(restoreId) + "/attempts";
    }

    private String path(AttemptId attempt) {
        return folder() + "/" + attempt + SUFFIX;
    }
}
