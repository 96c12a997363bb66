// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every storage has to do; a subclass for each says where it is. */
@Timeout(120)
abstract class BackupStorageContract {

    private static final String FOLDER = "topics/topic=orders/id=MWJ6FHTfRYy67jzwZdeqSQ/partition=00003";

    private BackupStorage storage;

    /** A place that nothing was written to before this test, with limits for a call. */
    abstract StorageLocation location(Duration callTimeout);

    /** Long enough for a call to reach the storage, and short enough to wait for. */
    Duration shortTimeout() {
        return Duration.ofMillis(200);
    }

    /** Every file at that place, finished or not. */
    abstract List<String> filesIncludingUnfinishedOnes() throws IOException;

    @BeforeEach
    void open() {
        storage = location(Duration.ofSeconds(30)).open();
    }

    @AfterEach
    void close() {
        storage.close();
    }

    @Test
    void whatWasPublishedIsReadAndListedWhole() throws IOException {
        byte[] content = noise(3_000_000);
        Instant before = Instant.now().minusSeconds(2);
        storage.publish(FOLDER + "/a.parquet", ObjectContent.of(content));

        assertThat(storage.read(FOLDER + "/a.parquet")).isEqualTo(content);
        assertThat(storage.list(FOLDER)).singleElement().satisfies(object -> {
            assertThat(object.path()).isEqualTo(FOLDER + "/a.parquet");
            assertThat(object.fileName()).isEqualTo("a.parquet");
            assertThat(object.sizeBytes()).isEqualTo(content.length);
            assertThat(object.modifiedAt()).isBetween(before, Instant.now().plusSeconds(2));
        });
    }

    @Test
    void theEndOfAnObjectIsReadWithoutTheRest() throws IOException {
        byte[] content = noise(300_000);
        String path = FOLDER + "/a.parquet";
        storage.publish(path, ObjectContent.of(content));

        assertThat(storage.readTail(path, content.length, 1_000))
                .isEqualTo(Arrays.copyOfRange(content, 299_000, 300_000));
        assertThat(storage.readTail(path, content.length, content.length + 1)).isEqualTo(content);
        assertThatThrownBy(() -> storage.readTail(FOLDER + "/b.parquet", 10, 5))
                .isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void anObjectAtTheRootAndAnEmptyOneAreObjects() throws IOException {
        storage.publish("backup.json", ObjectContent.of(new byte[0]));

        assertThat(storage.read("backup.json")).isEmpty();
    }

    @Test
    void anObjectOfTheSamePathIsReplaced() throws IOException {
        for (String content : List.of("first", "longer than that", "short", "right", "right")) {
            storage.publish("jobs/1.json", text(content));

            assertThat(storage.read("jobs/1.json")).asString().isEqualTo(content);
            assertThat(storage.list("jobs")).hasSize(1);
            assertThat(filesIncludingUnfinishedOnes()).containsExactly("jobs/1.json");
        }
    }

    @Test
    void everyObjectOfALargeFolderIsListedOnce() throws Exception {
        assertAllAreListedOnce(objectsInALargeFolder());
    }

    /** More than a server names in one answer. */
    int objectsInALargeFolder() {
        return 1_010;
    }

    final void assertAllAreListedOnce(int objects) throws Exception {
        List<String> paths = IntStream.range(0, objects)
                .mapToObj(i -> "jobs/%d".formatted(i))
                .toList();
        ExecutorService writers = Executors.newFixedThreadPool(8);
        try {
            for (Future<?> published : writers.invokeAll(paths.stream()
                    .map(path -> (Callable<Void>) () -> {
                        fill(path);
                        return null;
                    })
                    .toList())) {
                published.get();
            }
        } finally {
            writers.shutdownNow();
        }

        assertThat(storage.list("jobs")).extracting(StoredObject::path).containsExactlyInAnyOrderElementsOf(paths);
        assertThat(storage.folders("jobs")).isEmpty();
    }

    /** Writes an object in the cheapest way that there is, if there must be a thousand of them. */
    void fill(String path) throws IOException {
        storage.publish(path, text("x"));
    }

    @Test
    void foldersAndObjectsAreToldApart() throws IOException {
        storage.publish("restores/b/plan.json", text("{}"));
        storage.publish("restores/b/offset-map/1.parquet", text("x"));
        storage.publish("restores/a/plan.json", text("{}"));
        storage.publish("restores/readme.txt", text("x"));

        assertThat(storage.folders("restores")).containsExactlyInAnyOrder("a", "b");
        assertThat(storage.list("restores")).extracting(StoredObject::path).containsExactly("restores/readme.txt");
        assertThat(storage.list("restores/b")).extracting(StoredObject::path).containsExactly("restores/b/plan.json");
    }

    @Test
    void aFolderThatIsMissingIsEmpty() throws IOException {
        assertThat(storage.list(FOLDER)).isEmpty();
        assertThat(storage.folders("topics")).isEmpty();
    }

    @Test
    void readingWhatIsMissingSaysSo() throws IOException {
        assertThatThrownBy(() -> storage.read("backup.json"))
                .isInstanceOf(FileNotFoundException.class)
                .hasMessageContaining("backup.json");
        storage.publish("jobs/1.json", text("x"));
        assertThatThrownBy(() -> storage.read("jobs/2.json")).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void whatIsDeletedIsGoneAndMayBeDeletedAgain() throws IOException {
        storage.publish("jobs/1.json", text("x"));
        storage.delete("jobs/1.json");
        storage.delete("jobs/1.json");
        storage.delete("never/was/there");

        assertThat(storage.list("jobs")).isEmpty();
        assertThatThrownBy(() -> storage.read("jobs/1.json")).isInstanceOf(FileNotFoundException.class);
    }

    @Test
    void contentThatFailsHalfWayLeavesNothing() throws IOException {
        storage.publish("jobs/1.json", text("before"));
        for (Exception failure : List.of(new IOException("disk"), new IllegalStateException("bug"))) {
            for (String path : List.of(FOLDER + "/a.parquet", "jobs/1.json")) {
                assertThatThrownBy(() -> storage.publish(path, new Failing(failure)))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining(failure.getMessage());
            }
        }

        assertThat(storage.list(FOLDER)).isEmpty();
        assertThat(storage.read("jobs/1.json")).asString().isEqualTo("before");
        assertThat(filesIncludingUnfinishedOnes()).containsExactly("jobs/1.json");
    }

    private record Failing(Exception failure) implements ObjectContent {

        @Override
        public long sizeBytes() {
            return 1_000_000;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(noise(500_000));
            if (failure instanceof IOException e) {
                throw e;
            }
            throw (RuntimeException) failure;
        }
    }

    @Test
    void contentThatBlocksEndsWithAnErrorInTime() throws Exception {
        try (BackupStorage impatient = location(shortTimeout()).open()) {
            Blocking content = new Blocking();
            long start = System.nanoTime();

            assertThatThrownBy(() -> impatient.publish(FOLDER + "/a.parquet", content))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(FOLDER + "/a.parquet")
                    .hasMessageContaining("took longer than");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            assertThat(content.interrupted.await(10, TimeUnit.SECONDS))
                    .as("the blocked thread is given up")
                    .isTrue();
            assertThat(storage.list(FOLDER)).isEmpty();
        }
    }

    @Test
    void anInterruptedCallEndsAtOnceAndKeepsTheInterrupt() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> storage.publish(FOLDER + "/a.parquet", new Blocking()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    private static final class Blocking implements ObjectContent {

        private final CountDownLatch interrupted = new CountDownLatch(1);

        @Override
        public long sizeBytes() {
            return 10;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            out.write(1);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw new IOException("given up", e);
            }
        }
    }

    @Test
    void oneOfSeveralWritersOfAPathWinsWhole() throws Exception {
        List<byte[]> contents =
                IntStream.range(0, 8).mapToObj(i -> filled(200_000 + i, i)).toList();
        ExecutorService writers = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> published = new ArrayList<>();
            CountDownLatch start = new CountDownLatch(1);
            for (byte[] content : contents) {
                published.add(writers.submit(() -> {
                    start.await();
                    for (int round = 0; round < 10; round++) {
                        publishUnlessRefused("jobs/1.json", content);
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> one : published) {
                one.get();
            }
        } finally {
            writers.shutdownNow();
        }

        assertThat(contents)
                .anySatisfy(content -> assertThat(storage.read("jobs/1.json")).isEqualTo(content));
        assertThat(filesIncludingUnfinishedOnes()).containsExactly("jobs/1.json");
    }

    /**
     * Where a rename replaces nothing, writers may be in each other's way: an error is allowed, half an object is not.
     */
    void publishUnlessRefused(String path, byte[] content) throws IOException {
        storage.publish(path, ObjectContent.of(content));
    }

    final BackupStorage storage() {
        return storage;
    }

    @Test
    void aListingShowsEveryFinishedObjectWhileOthersArePublished() throws Exception {
        storage.publish(FOLDER + "/steady", text("x"));
        ExecutorService writer = Executors.newSingleThreadExecutor();
        try {
            Future<?> publishing = writer.submit(() -> {
                for (int i = 0; i < objectsPublishedWhileOthersList(); i++) {
                    storage.publish(FOLDER + "/" + i, text("complete"));
                }
                return null;
            });
            while (!publishing.isDone()) {
                List<StoredObject> objects = storage.list(FOLDER).stream()
                        .filter(object -> !isUnfinished(object.fileName()))
                        .toList();
                assertThat(objects).extracting(StoredObject::fileName).contains("steady");
                assertThat(objects)
                        .allSatisfy(object -> assertThat(object.sizeBytes())
                                .as(object.path())
                                .isEqualTo(object.fileName().equals("steady") ? 1 : 8));
            }
            publishing.get();
        } finally {
            writer.shutdownNow();
        }
        assertThat(storage.list(FOLDER)).hasSize(objectsPublishedWhileOthersList() + 1);
    }

    /** Enough for many listings to meet an object that is just being published. */
    int objectsPublishedWhileOthersList() {
        return 300;
    }

    /** Whether a server shows, under names that nobody else gives, what it is just writing. Object stores do not. */
    boolean isUnfinished(String fileName) {
        return false;
    }

    @Test
    void aClosedStorageAnswersWithAnError() {
        storage.close();

        assertThatThrownBy(() -> storage.read("backup.json"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the storage is closed");
    }

    private static ObjectContent text(String text) {
        return ObjectContent.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] noise(int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Random(size).ints(size).forEach(out::write);
        return out.toByteArray();
    }
}
