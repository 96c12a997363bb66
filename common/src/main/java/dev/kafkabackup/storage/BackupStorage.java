// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The place where a backup lies: a root below which objects are published whole, listed, read and deleted. Paths are
 * relative to the root, with {@code /} between their parts.
 *
 * <p>Safe to use from any thread. Every call ends within a bounded time: it answers or throws.
 */
public interface BackupStorage extends AutoCloseable {

    /** The root as a user would recognise it, for messages. */
    String root();

    /**
     * Publishes an object: afterwards it is visible with all of its bytes, or (after an exception) not at all or with
     * all of its bytes. An object of the same path is replaced.
     *
     * @throws IOException if it is not known to be published; the same call may be repeated
     */
    void publish(String path, ObjectContent content) throws IOException;

    /**
     * Reads an object whole.
     *
     * @throws FileNotFoundException if there is none
     */
    byte[] read(String path) throws IOException;

    /**
     * Reads the end of an object.
     *
     * @param sizeBytes size of the object, as listed
     * @param tailBytes how many bytes are wanted, 0 or more; the whole object if it has fewer
     * @throws FileNotFoundException if there is none
     */
    default byte[] readTail(String path, long sizeBytes, int tailBytes) throws IOException {
        byte[] object = read(path);
        return Arrays.copyOfRange(object, Math.max(0, object.length - tailBytes), object.length);
    }

    /**
     * Objects that lie directly in the folder, in no particular order, unfinished ones left out; none if there is no
     * such folder.
     */
    List<StoredObject> list(String folder) throws IOException;

    /**
     * Names of the folders that lie directly in the folder, in no particular order; none if there is no such folder.
     */
    List<String> folders(String folder) throws IOException;

    /**
     * Whether objects are visible, under a temporary name, before they are published, so that a writer that is killed
     * leaves them behind.
     */
    default boolean showsUnfinished() {
        return false;
    }

    /**
     * Objects that lie directly in the folder and were not published yet, or never will be; none if there is no such
     * folder.
     */
    default List<StoredObject> unfinished(String folder) throws IOException {
        return List.of();
    }

    /** Deletes an object; it is no error if there is none. */
    void delete(String path) throws IOException;

    /** Gives up calls that are under way. */
    @Override
    void close();
}
