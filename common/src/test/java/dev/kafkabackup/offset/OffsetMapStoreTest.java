// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kafkabackup.error.CorruptDataException;
import dev.kafkabackup.storage.BackupStorage;
import dev.kafkabackup.storage.ObjectContent;
import dev.kafkabackup.storage.StorageLocation;
import dev.kafkabackup.storage.StoredObject;
import dev.kafkabackup.storage.fixture.WrappedStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OffsetMapStoreTest {

    private static final Uuid ID = Uuid.fromString("MWJ6FHTfRYy67jzwZdeqSQ");
    private static final TopicIdPartition ORDERS_0 = new TopicIdPartition(ID, 0, "orders");
    private static final TopicIdPartition ORDERS_1 = new TopicIdPartition(ID, 1, "orders");
    private static final String FOLDER = "restores/20261122T100000-abcd/offset-map";

    @TempDir
    private Path folder;

    private BackupStorage storage;
    private OffsetMapStore store;

    @BeforeEach
    void open() {
        storage = StorageLocation.parse(folder.toString()).open();
        store = new OffsetMapStore(storage, "restores/20261122T100000-abcd");
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        store.write(List.of(run(ORDERS_0, 5, 0, 10), run(ORDERS_1, 7, 3, 2), run(ORDERS_0, 20, 10, 1)));
        store.write(List.of(run(ORDERS_0, 21, 12, 4)));

        OffsetMap map = store.read();
        assertThat(map.records()).isEqualTo(17);
        assertThat(map.target(ORDERS_0, 14)).hasValue(9);
        assertThat(map.target(ORDERS_0, 20)).hasValue(10);
        assertThat(map.target(ORDERS_0, 24)).hasValue(15);
        assertThat(map.translatePosition(ORDERS_1, 8))
                .hasValue(new OffsetMap.Translation(new TopicPartition("restored", 1), 4));
        assertThat(storage.list(FOLDER))
                .extracting(StoredObject::fileName)
                .containsExactlyInAnyOrder(
                        "MWJ6FHTfRYy67jzwZdeqSQ-00000-00000000000000000005.parquet",
                        "MWJ6FHTfRYy67jzwZdeqSQ-00001-00000000000000000007.parquet",
                        "MWJ6FHTfRYy67jzwZdeqSQ-00000-00000000000000000021.parquet");
    }

    @Test
    void filesAreReadAtTheSameTime() throws IOException {
        store.write(List.of(run(ORDERS_0, 5, 0, 10), run(ORDERS_1, 7, 3, 2)));
        CountDownLatch bothAsked = new CountDownLatch(2);
        WrappedStorage slow = new WrappedStorage(storage) {
            @Override
            public byte[] read(String path) throws IOException {
                bothAsked.countDown();
                try {
                    assertThat(bothAsked.await(10, TimeUnit.SECONDS))
                            .as("the other file is asked for meanwhile")
                            .isTrue();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.read(path);
            }
        };

        assertThat(new OffsetMapStore(slow, "restores/20261122T100000-abcd")
                        .read()
                        .records())
                .isEqualTo(12);
    }

    @Test
    void nothingWrittenIsAnEmptyMap() throws IOException {
        store.write(List.of());

        assertThat(store.read().records()).isZero();
        assertThat(storage.list(FOLDER)).isEmpty();
    }

    @Test
    void aRepeatedWriteReplaces() throws IOException {
        store.write(List.of(run(ORDERS_0, 5, 0, 10)));
        store.write(List.of(run(ORDERS_0, 5, 0, 10), run(ORDERS_0, 20, 10, 1)));
        store.write(List.of(run(ORDERS_0, 5, 0, 10), run(ORDERS_0, 20, 10, 1)));

        assertThat(store.read().records()).isEqualTo(11);
        assertThat(storage.list(FOLDER)).hasSize(1);
    }

    @Test
    void aRewriteWithOtherBordersDoublesNothing() throws IOException {
        store.write(List.of(run(ORDERS_0, 0, 0, 10)));
        store.write(List.of(run(ORDERS_0, 10, 10, 10)));
        store.write(List.of(run(ORDERS_0, 0, 0, 30)));

        assertThat(store.read().records()).isEqualTo(30);
        assertThat(store.read().target(ORDERS_0, 25)).hasValue(25);
    }

    @Test
    void filesThatContradictEachOtherAreCorrupt() throws IOException {
        store.write(List.of(run(ORDERS_0, 0, 0, 10)));
        store.write(List.of(run(ORDERS_0, 5, 6, 10)));

        assertThatThrownBy(store::read)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith(FOLDER + ": runs of an offset map contradict each other: ");
    }

    @Test
    void everyFlippedByteIsHarmlessOrNamesTheFile() throws IOException {
        store.write(List.of(run(ORDERS_0, 5, 0, 10), run(ORDERS_0, 20, 10, 1), run(ORDERS_0, 30, 11, 7)));
        String path = storage.list(FOLDER).get(0).path();
        byte[] right = storage.read(path);
        for (int position = 0; position < right.length; position++) {
            byte[] damaged = right.clone();
            damaged[position] ^= (byte) (1 << position % 8);
            try {
                assertThat(OffsetMapFile.read(path, damaged))
                        .as("byte %d", position)
                        .isEqualTo(OffsetMapFile.read(path, right));
            } catch (CorruptDataException e) {
                assertThat(e).hasMessageStartingWith(path + ": this part of an offset map cannot be read: ");
            }
        }
    }

    @Test
    void aTruncatedFileNamesItself() throws IOException {
        store.write(List.of(run(ORDERS_0, 5, 0, 10)));
        String path = storage.list(FOLDER).get(0).path();
        byte[] right = storage.read(path);
        storage.publish(path, ObjectContent.of(Arrays.copyOf(right, right.length / 2)));

        assertThatThrownBy(store::read)
                .isInstanceOf(CorruptDataException.class)
                .hasMessageStartingWith(path + ": this part of an offset map cannot be read: ");
    }

    private static OffsetMapRun run(TopicIdPartition source, long sourceOffset, long targetOffset, long length) {
        return new OffsetMapRun(
                source, sourceOffset, new TopicPartition("restored", source.partition()), targetOffset, length);
    }
}
