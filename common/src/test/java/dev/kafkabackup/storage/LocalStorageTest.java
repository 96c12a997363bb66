// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest extends BackupStorageContract {

    @TempDir
    private Path folder;

    private Path root() {
        return folder.resolve("Sicherung 100% #1");
    }

    @Override
    StorageLocation location(Duration callTimeout) {
        StorageLocation location = StorageLocation.parse(root().toString());
        return new StorageLocation(location.root(), location.publishMode(), callTimeout);
    }

    @Override
    List<String> filesIncludingUnfinishedOnes() throws IOException {
        return LocalFiles.below(root());
    }

    @Test
    void filesLieWhereTheUserSaidWhateverTheNameOfTheFolder() throws IOException {
        storage().publish("backup.json", ObjectContent.of(new byte[] {'x'}));

        assertThat(root().resolve("backup.json")).hasContent("x");
    }

    @Test
    void whatAnotherWriterHasNotFinishedIsInvisible() throws IOException {
        storage().publish("jobs/1.json", ObjectContent.of(new byte[1]));
        Files.writeString(root().resolve("jobs").resolve(TemporaryName.of("2.json")), "half");

        assertThat(storage().list("jobs")).extracting(StoredObject::path).containsExactly("jobs/1.json");

        // but whoever asks for such files sees them, and can remove them
        Files.writeString(root().resolve(TemporaryName.of("backup.json")), "half");
        for (String folder : List.of("", "jobs")) {
            List<StoredObject> unfinished = storage().unfinished(folder);
            assertThat(unfinished).hasSize(1);
            storage().delete(unfinished.get(0).path());
            assertThat(storage().unfinished(folder)).isEmpty();
        }
        assertThat(storage().list("jobs")).hasSize(1);
    }

    /** Whether there is anything could not be looked at: that is not the same as nothing. */
    @Test
    void aFileInPlaceOfAFolderIsAnErrorAndNotEmpty() throws IOException {
        Files.createDirectories(root());
        Files.writeString(root().resolve("topics"), "a file", StandardCharsets.UTF_8);

        assertThatThrownBy(() -> storage().list("topics")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage().folders("topics")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> storage().read("topics/a"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(FileNotFoundException.class);
        assertThatThrownBy(() -> storage().publish("topics/a", ObjectContent.of(new byte[1])))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aFolderInPlaceOfAnObjectIsAnErrorAndNotMissing() throws IOException {
        Files.createDirectories(root().resolve("backup.json"));

        assertThatThrownBy(() -> storage().read("backup.json"))
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(FileNotFoundException.class);
    }
}
