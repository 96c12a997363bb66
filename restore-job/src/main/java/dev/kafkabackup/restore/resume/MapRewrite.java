// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.restore.resume;

import dev.kafkabackup.offset.OffsetMapRun;
import dev.kafkabackup.offset.OffsetMapStore;
import dev.kafkabackup.restore.compare.PairVisitor;
import dev.kafkabackup.restore.record.RestoreRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Writes the offset map of one target partition anew, from the records that were found there.
 *
 * <p>A file ends where the target's offsets jump. That is where a transaction ended: its marker takes an offset. So the
 * files are those that the restore itself wrote, or would have written, after its commits; and if a process that was
 * frozen between commit and map writes its file at last, it writes this file once more.
 */
final class MapRewrite implements PairVisitor {

    private final OffsetMapStore map;
    private final Set<String> written;
    private final List<OffsetMapRun> transaction = new ArrayList<>();
    private @Nullable OffsetMapRun run;

    /** @param written gets the paths of the files; safe to use from several threads */
    MapRewrite(OffsetMapStore map, Set<String> written) {
        this.map = map;
        this.written = written;
    }

    @Override
    public Optional<String> pair(RestoreRecord record, TopicPartition target, long targetOffset) throws IOException {
        long sourceOffset = record.record().offset();
        OffsetMapRun open = run;
        if (open != null && open.targetEndOffset() != targetOffset) {
            publish();
        } else if (open != null && open.source().equals(record.source()) && open.sourceEndOffset() == sourceOffset) {
            run = new OffsetMapRun(
                    open.source(), open.sourceOffset(), open.target(), open.targetOffset(), open.length() + 1);
            return Optional.empty();
        } else if (open != null) {
            transaction.add(open);
        }
        run = new OffsetMapRun(record.source(), sourceOffset, target, targetOffset, 1);
        return Optional.empty();
    }

    @Override
    public Optional<String> end() throws IOException {
        publish();
        return Optional.empty();
    }

    private void publish() throws IOException {
        if (run != null) {
            transaction.add(run);
            run = null;
            written.addAll(map.write(transaction));
            transaction.clear();
        }
    }
}
