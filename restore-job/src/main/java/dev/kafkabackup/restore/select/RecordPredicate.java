// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.select;

import dev.kafkabackup.error.UsageException;
import dev.kafkabackup.offset.Coverage;
import dev.kafkabackup.offset.OffsetRange;
import dev.kafkabackup.segment.SegmentRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A {@link RecordSelection}, made ready to be asked for each record of one partition. Not thread safe. */
public final class RecordPredicate {

    private final TopicIdPartition source;
    private final RecordSelection selection;
    private final OffsetRange offsets;
    private final Coverage skippedOffsets;
    private final List<Predicate<SegmentRecord>> conditions;
    private final @Nullable RecordFilter filter;

    private RecordPredicate(TopicIdPartition source, RecordSelection selection, @Nullable RecordFilter filter) {
        this.source = source;
        this.selection = selection;
        this.offsets = selection.offsetsOf(source.partition());
        this.skippedOffsets = Coverage.of(selection.skippedOffsets().getOrDefault(source.partition(), List.of()));
        this.conditions = new ArrayList<>();
        selection.where().forEach(condition -> conditions.add(predicate(condition)));
        this.filter = filter;
    }

    /**
     * The predicate for a partition.
     *
     * @param classes finds the user's filter, if the selection names one
     * @throws UsageException if the filter cannot be found or made
     */
    public static RecordPredicate of(TopicIdPartition source, RecordSelection selection, ClassLoader classes) {
        String name = selection.filterClass();
        return new RecordPredicate(source, selection, name == null ? null : filter(name, classes));
    }

    /** Where filters are looked for outside of Flink: the thread's class loader, else the product's own. */
    public static ClassLoader contextClassLoader() {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? RecordPredicate.class.getClassLoader() : context;
    }

    /**
     * Makes a user's filter.
     *
     * @throws UsageException if it cannot be found or made
     */
    public static RecordFilter filter(String className, ClassLoader classes) {
        try {
            return Class.forName(className, true, classes)
                    .asSubclass(RecordFilter.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new UsageException(
                    "--filter-class %s cannot be used: %s; it must be public, implement %s, have a public constructor without parameters, and lie in --filter-jar or on the class path"
                            .formatted(className, e, RecordFilter.class.getName()),
                    e);
        }
    }

    /** Whether this record is to be restored. */
    public boolean wants(SegmentRecord record) {
        return offsets.contains(record.offset())
                && !isSkipped(record)
                && selection.time().contains(record.timestamp())
                && meetsConditions(record)
                && passesFilter(record);
    }

    /**
     * Whether a record that is not wanted lies outside of the time range, and nothing else is known to speak against
     * it; a user's filter is not asked.
     */
    public boolean wantsButForTime(SegmentRecord record) {
        return offsets.contains(record.offset())
                && !isSkipped(record)
                && !selection.time().contains(record.timestamp())
                && meetsConditions(record);
    }

    private boolean isSkipped(SegmentRecord record) {
        if (skippedOffsets.firstUncovered(record.offset()) > record.offset()) {
            return true;
        }
        if (record.timestamp() < 0) {
            return false;
        }
        for (TimeRange skipped : selection.skippedTimes()) {
            if (skipped.contains(record.timestamp())) {
                return true;
            }
        }
        return false;
    }

    private boolean meetsConditions(SegmentRecord record) {
        for (Predicate<SegmentRecord> condition : conditions) {
            if (!condition.test(record)) {
                return false;
            }
        }
        return true;
    }

    private boolean passesFilter(SegmentRecord record) {
        if (filter == null) {
            return true;
        }
        try {
            return filter.wants(source, record);
        } catch (RuntimeException | LinkageError e) {
            throw new UsageException(
                    "The filter %s failed at offset %d of %s: %s"
                            .formatted(filter.getClass().getName(), record.offset(), source, e),
                    e);
        }
    }

    private static Predicate<SegmentRecord> predicate(Condition condition) {
        Predicate<byte @Nullable []> value = value(condition);
        String name = condition.header();
        Predicate<SegmentRecord> plain =
                name == null ? record -> value.test(record.key()) : record -> hasHeader(record, name, value);
        return condition.negated() ? plain.negate() : plain;
    }

    private static boolean hasHeader(SegmentRecord record, String name, Predicate<byte @Nullable []> value) {
        for (Header header : record.headers().headers(name)) {
            if (value.test(header.value())) {
                return true;
            }
        }
        return false;
    }

    private static Predicate<byte @Nullable []> value(Condition condition) {
        if (condition.regex()) {
            Pattern pattern = Pattern.compile(condition.text(), Pattern.DOTALL);
            return bytes -> bytes != null
                    && pattern.matcher(new String(bytes, StandardCharsets.UTF_8))
                            .matches();
        }
        byte[] wanted = condition.text().getBytes(StandardCharsets.UTF_8);
        return bytes -> bytes != null && Arrays.equals(bytes, wanted);
    }
}
