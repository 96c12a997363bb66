// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import static java.util.Objects.requireNonNull;

import dev.kafkabackup.benchmark.contestant.Contestant;
import dev.kafkabackup.benchmark.process.Measured;
import dev.kafkabackup.benchmark.process.Program;
import dev.kafkabackup.benchmark.report.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Runs all contestants in turn, round after round, so that none has a better hour of the machine than another. */
final class Rounds {

    private final List<Contestant> contestants;
    private final Path folder;
    private final Path logs;

    /**
     * @param folder for what the runs write, which is removed after each of them
     * @param logs folder for what they print
     */
    Rounds(List<Contestant> contestants, Path folder, Path logs) {
        this.contestants = List.copyOf(contestants);
        this.folder = folder;
        this.logs = logs;
    }

    /**
     * Every other round goes through the contestants backwards.
     *
     * @throws dev.kafkabackup.benchmark.check.WrongResult if a run did not do its work: there are no results then
     */
    List<Result> run(int rounds) throws IOException, InterruptedException {
        Map<String, List<Measured>> measured = new HashMap<>();
        Map<String, Long> stored = new HashMap<>();
        contestants.forEach(each -> measured.put(each.name(), new ArrayList<>()));
        for (int round = 1; round <= rounds; round++) {
            List<Contestant> order = new ArrayList<>(contestants);
            if (round % 2 == 0) {
                Collections.reverse(order);
            }
            for (Contestant contestant : order) {
                String id = contestant.name().replaceAll("[^A-Za-z0-9]+", "-") + "-" + round;
                Path own = Files.createDirectories(folder.resolve(id));
                Path output = logs.resolve(id + ".log");
                Program program = contestant.prepare(own);
                writeDirtyPages();
                Measured result = program.run(output);
                contestant.check(own, output);
                requireNonNull(measured.get(contestant.name())).add(result);
                stored.put(contestant.name(), contestant.storedBytes(own));
                System.err.printf(
                        Locale.ROOT,
                        "round %d: %-15s %7.1f s wall %7.1f s CPU, checked%n",
                        round,
                        contestant.name(),
                        result.wall().toMillis() / 1000.0,
                        result.cpu().toMillis() / 1000.0);
                contestant.cleanUp();
                delete(own);
            }
        }
        return contestants.stream()
                .map(each -> new Result(
                        each.name(),
                        each.description(),
                        requireNonNull(measured.get(each.name())),
                        stored.getOrDefault(each.name(), -1L)))
                .toList();
    }

    /** What others have written is not to be carried to the disk in the time of the next one. */
    private void writeDirtyPages() throws IOException, InterruptedException {
        new Program(List.of("sync"), Map.of()).run(logs.resolve("sync.log"));
    }

    /** With all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
