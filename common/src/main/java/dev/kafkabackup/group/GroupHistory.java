// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The history of committed offsets in the backup: {@code groups/<UTC day>/<epoch ms>-full|changes-<4 hex>.json}. The
 * name tells what has to be opened for a question: the newest full entry before the moment asked for, and the changes
 * after it.
 */
public final class GroupHistory {

    private static final String FOLDER = "groups";
    private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(full|changes)-[0-9a-f]{4}\\.json");

    private final BackupStorage storage;

    /** @param storage where the backup lies; not closed by this history */
    public GroupHistory(BackupStorage storage) {
        this.storage = storage;
    }

    /** Adds an entry. */
    public void append(GroupSnapshot entry) throws IOException {
        String name = String.format(
                Locale.ROOT,
                "%d-%s-%04x.json",
                entry.takenAt().toEpochMilli(),
                entry.full() ? "full" : "changes",
                ThreadLocalRandom.current().nextInt(1 << 16));
        storage.publish(FOLDER + "/" + day(entry.takenAt()) + "/" + name, ObjectContent.of(Json.write(entry)));
    }

    /**
     * Committed offsets as they were known at the given moment, inclusive.
     *
     * @throws CorruptDataException if an entry that is needed for it cannot be read
     */
    public GroupOffsets asOf(Instant moment) throws IOException {
        return asOf(moment, e -> {
            throw e;
        });
    }

    /**
     * Committed offsets as far as they are known from what can be read: behind an entry that cannot, they may be older
     * than they were until the next full entry.
     *
     * @param unreadable told about each entry that is needed and cannot be read
     */
    public GroupOffsets asOf(Instant moment, Consumer<CorruptDataException> unreadable) throws IOException {
        List<GroupSnapshot> snapshots = new ArrayList<>();
        for (LocalDate day : days()) {
            for (Entry entry : newestFirst(day)) {
                if (Instant.ofEpochMilli(entry.takenAtMs()).isAfter(moment)) {
                    continue;
                }
                try {
                    snapshots.add(0, read(entry));
                    if (entry.full()) {
                        return GroupOffsets.of(snapshots);
                    }
                } catch (CorruptDataException e) {
                    unreadable.accept(e);
                }
            }
        }
        return GroupOffsets.of(snapshots);
    }

    /**
     * How committed offsets changed, as far as it can be read, oldest first: what was known at the beginning, and every
     * change after it.
     *
     * @param from beginning, inclusive
     * @param to end, inclusive
     * @param unreadable told about each entry that is needed and cannot be read
     */
    public List<GroupChange> changes(Instant from, Instant to, Consumer<CorruptDataException> unreadable)
            throws IOException {
        GroupOffsets before = asOf(from, unreadable);
        List<GroupChange> changes = new ArrayList<>();
        Map<GroupOffset.Key, GroupOffset> known = new HashMap<>();
        for (GroupOffset offset : before.all()) {
            known.put(offset.key(), offset);
            changes.add(new GroupChange(before.asOf(), offset, false));
        }
        for (GroupSnapshot snapshot : between(from, to, unreadable)) {
            List<GroupOffset> gone = new ArrayList<>(snapshot.removed());
            if (snapshot.full()) {
                Set<GroupOffset.Key> stay =
                        snapshot.offsets().stream().map(GroupOffset::key).collect(Collectors.toSet());
                known.values().stream()
                        .filter(offset -> !stay.contains(offset.key()))
                        .forEach(gone::add);
            }
            for (GroupOffset offset : gone) {
                if (known.remove(offset.key()) != null) {
                    changes.add(new GroupChange(snapshot.takenAt(), offset, true));
                }
            }
            for (GroupOffset offset : snapshot.offsets()) {
                if (!offset.equals(known.put(offset.key(), offset))) {
                    changes.add(new GroupChange(snapshot.takenAt(), offset, false));
                }
            }
        }
        return changes;
    }

    /** Entries that were taken after {@code after} and until {@code to}, oldest first. */
    private List<GroupSnapshot> between(Instant after, Instant to, Consumer<CorruptDataException> unreadable)
            throws IOException {
        List<GroupSnapshot> snapshots = new ArrayList<>();
        for (LocalDate day : days()) {
            Instant begin = day.atStartOfDay(ZoneOffset.UTC).toInstant();
            if (to.isBefore(begin) || !after.isBefore(begin.plus(Duration.ofDays(1)))) {
                continue;
            }
            for (Entry entry : newestFirst(day)) {
                Instant takenAt = Instant.ofEpochMilli(entry.takenAtMs());
                if (takenAt.isAfter(after) && !takenAt.isAfter(to)) {
                    try {
                        snapshots.add(0, read(entry));
                    } catch (CorruptDataException e) {
                        unreadable.accept(e);
                    }
                }
            }
        }
        return snapshots;
    }

    /** The newest first. */
    private List<LocalDate> days() throws IOException {
        return storage.folders(FOLDER).stream()
                .flatMap(folder -> day(folder).stream())
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Of the same millisecond, what is full comes first: it has the changes in it. */
    private List<Entry> newestFirst(LocalDate day) throws IOException {
        return storage.list(FOLDER + "/" + day).stream()
                .flatMap(object -> entry(object).stream())
                .sorted(Comparator.comparingLong(Entry::takenAtMs)
                        .thenComparing(Entry::full)
                        .thenComparing(Entry::path)
                        .reversed())
                .toList();
    }

    /** Empty if the folder is not one of this history. */
    private static Optional<LocalDate> day(String folder) {
        try {
            return Optional.of(LocalDate.parse(folder));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    private static Optional<Entry> entry(StoredObject object) {
        Matcher matcher = NAME.matcher(object.fileName());
        return matcher.matches()
                ? Optional.of(new Entry(
                        object.path(),
                        Long.parseLong(matcher.group(1)),
                        matcher.group(2).equals("full")))
                : Optional.empty();
    }

    private GroupSnapshot read(Entry entry) throws IOException {
        return Json.read(entry.path(), storage.read(entry.path()), GroupSnapshot.class);
    }

    private static LocalDate day(Instant moment) {
        return moment.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private record Entry(String path, long takenAtMs, boolean full) {}
}
