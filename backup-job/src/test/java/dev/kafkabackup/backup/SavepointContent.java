// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.backup;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.memory.ByteStreamStateHandle;

/**
 * What the job's operators have put into a savepoint.
 *
 * @param uids of the operators that are in it
 * @param states of operators and coordinators, as text with a character for each byte
 */
record SavepointContent(Set<String> uids, List<String> states) {

    /** How everything begins that Java serialises. */
    static final String JAVA_SERIALISED = "\u00ac\u00ed\u0000\u0005";

    /** Reads a savepoint's folder. */
    static SavepointContent read(Path savepoint) throws IOException {
        Set<String> uids = new TreeSet<>();
        List<String> states = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(Files.newInputStream(savepoint.resolve("_metadata")))) {
            for (OperatorState operator : Checkpoints.loadCheckpointMetadata(
                            in, SavepointContent.class.getClassLoader(), savepoint.toString())
                    .getOperatorStates()) {
                operator.getOperatorUid().ifPresent(uids::add);
                ByteStreamStateHandle coordinator = operator.getCoordinatorState();
                if (coordinator != null) {
                    states.add(text(coordinator.getData()));
                }
                for (OperatorSubtaskState subtask : operator.getStates()) {
                    for (OperatorStateHandle handle : subtask.getManagedOperatorState()) {
                        try (InputStream state = handle.openInputStream()) {
                            states.add(text(state.readAllBytes()));
                        }
                    }
                }
            }
        }
        return new SavepointContent(uids, states);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
