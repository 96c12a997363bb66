// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.group;

import dev.kafkabackup.json.Json;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StoredObject;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

    /** Committed offsets as they were known at the given moment, inclusive. */
    public GroupOffsets asOf(Instant moment) throws IOException {
        List<LocalDate> days = storage.folders(FOLDER).stream()
                .flatMap(folder -> day(folder).stream())
                .sorted(Comparator.reverseOrder())
                .toList();
        List<Entry> wanted = new ArrayList<>();
        for (LocalDate day : days) {
            for (Entry entry : newestFirst(day)) {
                if (Instant.ofEpochMilli(entry.takenAtMs()).isAfter(moment)) {
                    continue;
                }
                wanted.add(0, entry);
                if (entry.full()) {
                    return read(wanted);
                }
            }
        }
        return read(wanted);
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

    private GroupOffsets read(List<Entry> entries) throws IOException {
        List<GroupSnapshot> snapshots = new ArrayList<>();
        for (Entry entry : entries) {
            snapshots.add(Json.read(entry.path(), storage.read(entry.path()), GroupSnapshot.class));
        }
        return GroupOffsets.of(snapshots);
    }

    private static LocalDate day(Instant moment) {
        return moment.atZone(ZoneOffset.UTC).toLocalDate();
    }

    private record Entry(String path, long takenAtMs, boolean full) {}
}
