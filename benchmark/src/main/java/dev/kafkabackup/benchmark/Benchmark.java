// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import com.sun.management.OperatingSystemMXBean;
import dev.kafkabackup.benchmark.check.BackupCheck;
import dev.kafkabackup.benchmark.contestant.Arena;
import dev.kafkabackup.benchmark.contestant.Backup;
import dev.kafkabackup.benchmark.contestant.BackupToS3;
import dev.kafkabackup.benchmark.contestant.ConsumeOnly;
import dev.kafkabackup.benchmark.contestant.Contestant;
import dev.kafkabackup.benchmark.contestant.MaintainedBackup;
import dev.kafkabackup.benchmark.contestant.ProduceOnly;
import dev.kafkabackup.benchmark.contestant.Restore;
import dev.kafkabackup.benchmark.contestant.StockBackup;
import dev.kafkabackup.benchmark.contestant.TargetTopic;
import dev.kafkabackup.benchmark.data.Filling;
import dev.kafkabackup.benchmark.data.Fingerprint;
import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.RecordPool;
import dev.kafkabackup.benchmark.data.SourceTopic;
import dev.kafkabackup.benchmark.process.Broker;
import dev.kafkabackup.benchmark.process.S3Server;
import dev.kafkabackup.benchmark.process.Server;
import dev.kafkabackup.benchmark.report.LogBytes;
import dev.kafkabackup.benchmark.report.Report;
import dev.kafkabackup.benchmark.report.Result;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The one command: starts a broker, fills it, measures everything in the same run, and prints one table. */
@Command(
        name = "benchmark/run",
        description = {
            "Measures backup and restore beside plain consumers and producers and a job of stock connectors,",
            "interleaved in one run on this machine. Each measured run is checked; a wrong one ends the benchmark."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class Benchmark implements Callable<Integer> {

    /** The size of a zstd log is measured on one record of this many. */
    private static final int ZSTD_SAMPLE = 10;

    private static final class ProfileConverter implements ITypeConverter<Profile> {
        @Override
        public Profile convert(String label) {
            return Arrays.stream(Profile.values())
                    .filter(profile -> profile.label().equals(label))
                    .findFirst()
                    .orElseThrow(
                            () -> new TypeConversionException("must be one of " + Arrays.toString(Profile.values())));
        }
    }

    @Option(
            names = "--profile",
            converter = ProfileConverter.class,
            defaultValue = "json-1k",
            description = "Shape of the records: json-1k, small-100b or large-100k.")
    private Profile profile = Profile.JSON_1K;

    @Option(names = "--megabytes", defaultValue = "5000", description = "Bytes of keys, values and headers, in MB.")
    private long megabytes;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each contestant runs.")
    private int rounds;

    @Option(names = "--partitions", defaultValue = "4", description = "Partitions of the topic.")
    private int partitions;

    @Option(names = "--parallelism", defaultValue = "2", description = "Threads, subtasks, producers and consumers.")
    private int parallelism;

    @Option(names = "--heap", defaultValue = "2g", description = "Heap of each process.")
    private String heap = "2g";

    @Option(names = "--compression-level", defaultValue = "3", description = "zstd level of all that compress.")
    private int compressionLevel;

    @Option(names = "--checkpoint-seconds", defaultValue = "10", description = "Between two checkpoints.")
    private int checkpointSeconds;

    @Option(
            names = "--only",
            split = ",",
            description = "Only these contestants, by the names that the table shows; default: all.")
    private @Nullable Set<String> only;

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private S3ProxyOption s3proxy = new S3ProxyOption();

    /** Exits with 0 if everything was measured and right. */
    public static void main(String[] arguments) {
        System.exit(ExitCode.of(new Benchmark(), arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Run run = workplace.begin(profile.toString());
                Server broker = Broker.start(run.data());
                S3Server s3 = s3proxy.start(run.data())) {
            long recordsPerPartition = recordsPerPartition();
            SourceTopic source = fill(broker.address(), "source", "lz4", recordsPerPartition);
            Fingerprint.Of total = source.total();
            SourceTopic sample = fill(broker.address(), "zstd-sample", "zstd", recordsPerPartition / ZSTD_SAMPLE);
            LogBytes log = new LogBytes(
                    new TargetTopic(broker.address(), source.name()).logBytes(),
                    new TargetTopic(broker.address(), sample.name()).logBytes()
                            * total.records()
                            / sample.total().records());
            System.err.printf(
                    Locale.ROOT,
                    "%,d records, %,d bytes, %,d bytes in the broker's lz4 log, about %,d in a zstd log%n",
                    total.records(),
                    total.bytes(),
                    log.lz4(),
                    log.zstd());
            Arena arena = new Arena(
                    broker.address(),
                    profile,
                    source,
                    run.data(),
                    workplace.repository(),
                    parallelism,
                    heap,
                    compressionLevel,
                    checkpointSeconds);
            List<Result> results =
                    new Rounds(contestants(arena, s3, run.folder()), run.data(), run.folder()).run(rounds);
            Report report = new Report(facts(run.begin()), total, log, results);
            Files.writeString(run.folder().resolve("report.md"), report.table());
            report.writeJson(run.folder().resolve("report.json"));
            System.out.println(report.table());
            run.announce();
        }
        return 0;
    }

    private long recordsPerPartition() {
        RecordPool pool = RecordPool.of(profile);
        long sample = 0;
        int samples = 1000;
        for (int i = 0; i < samples; i++) {
            var record = pool.record("", 0, i);
            sample += RecordPool.bytes(record.key(), record.value(), record.headers());
        }
        return Math.max(ZSTD_SAMPLE, megabytes * 1_000_000 * samples / sample / partitions);
    }

    private SourceTopic fill(String bootstrapServers, String topic, String compression, long recordsPerPartition)
            throws InterruptedException {
        new TargetTopic(bootstrapServers, topic).create(partitions);
        return new Filling(bootstrapServers, RecordPool.of(profile), compression)
                .fill(topic, partitions, recordsPerPartition, parallelism, true);
    }

    private List<Contestant> contestants(Arena arena, S3Server s3, Path logs) throws IOException, InterruptedException {
        List<Contestant> all = new ArrayList<>(List.of(
                new ConsumeOnly(arena, false),
                new ConsumeOnly(arena, true),
                new StockBackup(arena, false),
                new StockBackup(arena, true),
                new Backup(arena),
                new BackupToS3(arena, s3),
                new MaintainedBackup(arena, true),
                new MaintainedBackup(arena, false),
                new ProduceOnly(arena, false),
                new ProduceOnly(arena, true),
                new Restore(arena, arena.folder().resolve("to-restore"))));
        if (only != null) {
            Set<String> unknown = new TreeSet<>(only);
            all.forEach(contestant -> unknown.remove(contestant.name()));
            if (!unknown.isEmpty()) {
                throw new IllegalArgumentException("--only names unknown contestants: " + unknown);
            }
            all.removeIf(contestant -> !only.contains(contestant.name()));
        }
        if (all.stream().anyMatch(Restore.class::isInstance)) {
            Path toRestore = arena.folder().resolve("to-restore");
            new Backup(arena).prepare(toRestore).run(logs.resolve("to-restore.log"));
            BackupCheck.check(toRestore, arena.source());
        }
        return all;
    }

    private static long memoryGigabytes() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return Math.round(system.getTotalMemorySize() / 1e9);
    }

    private List<Report.Fact> facts(Instant begin) {
        Runtime runtime = Runtime.getRuntime();
        return List.of(
                new Report.Fact("date", begin.toString()),
                new Report.Fact(
                        "machine",
                        runtime.availableProcessors() + " cores, " + memoryGigabytes() + " GB of memory, Java "
                                + Runtime.version().feature() + ", "
                                + System.getProperty("os.name") + " " + System.getProperty("os.arch")),
                new Report.Fact(
                        "command",
                        ("benchmark/run --profile %s --megabytes %d --rounds %d --partitions %d"
                                        + " --parallelism %d --heap %s --compression-level %d --checkpoint-seconds %d")
                                .formatted(
                                        profile,
                                        megabytes,
                                        rounds,
                                        partitions,
                                        parallelism,
                                        heap,
                                        compressionLevel,
                                        checkpointSeconds)));
    }
}
