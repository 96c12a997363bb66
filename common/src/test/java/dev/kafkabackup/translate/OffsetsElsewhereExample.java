// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.translate;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.Uuid;

/** The code of the documentation. */
@SuppressWarnings("unused")
final class OffsetsElsewhereExample {

    /**
     * @param nextOffsets by partition the offset of the next record, as the program has stored it beside its results
     */
    static void goOn(Consumer<?, ?> consumer, String topicId, Map<Integer, Long> nextOffsets) {
        OffsetTranslator restore = OffsetTranslator.open("s3://backups/prod", "20260301-121500-k3f9");
        nextOffsets.forEach((partition, offset) -> {
            Optional<OffsetTranslator.Position> next = restore.translate(Uuid.fromString(topicId), partition, offset);
            next.ifPresent(position -> consumer.seek(position.partition(), position.offset()));
        });
    }
}
