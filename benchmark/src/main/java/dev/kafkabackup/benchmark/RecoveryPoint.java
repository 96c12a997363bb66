// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import dev.kafkabackup.benchmark.contestant.TargetTopic;
import dev.kafkabackup.benchmark.data.Profile;
import dev.kafkabackup.benchmark.data.RecordPool;
import dev.kafkabackup.benchmark.process.Broker;
import dev.kafkabackup.benchmark.process.FailedProgram;
import dev.kafkabackup.benchmark.process.Program;
import dev.kafkabackup.benchmark.process.S3Server;
import dev.kafkabackup.benchmark.process.Server;
import dev.kafkabackup.benchmark.recovery.AppendTimes;
import dev.kafkabackup.benchmark.recovery.BucketWatch;
import dev.kafkabackup.benchmark.recovery.Delays;
import dev.kafkabackup.benchmark.recovery.SteadyProducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How much is lost if the Kafka cluster is lost: how long a record is in Kafka before it is in S3. */
@Command(
        name = "benchmark/rpo",
        description = {
            "Produces at a steady rate, backs up to an S3 server, and measures for each record how long it took from its",
            "append in Kafka until the bucket had it. Broker, S3 server, producer and backup share this machine."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class RecoveryPoint implements Callable<Integer> {

    private static final String TOPIC = "source";
    private static final String ROOT = "rpo";
    private static final Pattern RUNS = Pattern.compile("web UI: (\\S+)");
    private static final Duration CATCH_UP = Duration.ofSeconds(60);
    private static final double MEGABYTE = 1e6;

    @Option(names = "--megabytes-per-second", defaultValue = "10", description = "Of keys, values and headers.")
    private double megabytesPerSecond;

    @Option(names = "--seconds", defaultValue = "180", description = "How long it is measured.")
    private int seconds;

    @Option(names = "--warm-up-seconds", defaultValue = "30", description = "How long it runs before that.")
    private int warmUpSeconds;

    @Option(names = "--checkpoint-seconds", defaultValue = "10", description = "Between two checkpoints.")
    private int checkpointSeconds;

    @Option(names = "--partitions", defaultValue = "4", description = "Partitions of the topic.")
    private int partitions;

    @Option(names = "--parallelism", defaultValue = "2", description = "Subtasks of the backup.")
    private int parallelism;

    @Option(names = "--heap", defaultValue = "1g", description = "Heap of the backup.")
    private String heap = "1g";

    @Option(names = "--at-most", defaultValue = "13", description = "Seconds; a greater p99 is a failure (exit 1).")
    private double atMost;

    @Mixin
    private Workplace workplace = new Workplace();

    @Mixin
    private S3ProxyOption s3proxy = new S3ProxyOption();

    /** Exits with 0 if everything was right and the objective is met. */
    public static void main(String[] arguments) {
        System.exit(ExitCode.of(new RecoveryPoint(), arguments));
    }

    /** What was measured, with the CPU time of the backup in seconds of one core. */
    private record Measurement(Delays delays, double megabytesPerSecond, double cpuSecondsPerSecond) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Run run = workplace.begin("rpo");
                Server broker = Broker.start(run.data());
                S3Server s3 = s3proxy.start(run.data())) {
            new TargetTopic(broker.address(), TOPIC)
                    .create(partitions, Map.of("message.timestamp.type", "LogAppendTime"));
            Measurement measurement = measure(broker.address(), s3, run);
            report(measurement, run);
            return measurement.delays().seconds(99) <= atMost ? 0 : 1;
        }
    }

    private Measurement measure(String bootstrapServers, S3Server s3, Run run)
            throws IOException, InterruptedException {
        Path configuration = Files.createDirectories(run.data().resolve("conf"));
        Files.writeString(configuration.resolve("config.yaml"), s3.configuration());
        Path log = run.folder().resolve("backup.log");
        try (BucketWatch bucket = BucketWatch.start(s3.bucket().resolve(ROOT), TOPIC);
                Server backup = Server.start(backup(bootstrapServers, configuration), log, RUNS);
                SteadyProducer producer = SteadyProducer.start(
                        bootstrapServers,
                        RecordPool.of(Profile.JSON_1K),
                        TOPIC,
                        partitions,
                        megabytesPerSecond * MEGABYTE)) {
            TimeUnit.SECONDS.sleep(warmUpSeconds);
            Duration cpuBefore = backup.cpu();
            long bytesBefore = producer.bytes();
            long from = System.currentTimeMillis();
            TimeUnit.SECONDS.sleep(seconds);
            long to = System.currentTimeMillis();
            double measured = (to - from) / 1000.0;
            double cpu = backup.cpu().minus(cpuBefore).toMillis() / 1000.0;
            double megabytes = (producer.bytes() - bytesBefore) / MEGABYTE;
            producer.close();
            awaitAll(producer.appended(), bucket);
            int exitCode = backup.stop();
            if (exitCode != 0) {
                throw new FailedProgram("The backup ended with %d, see %s".formatted(exitCode, log));
            }
            return new Measurement(
                    Delays.between(producer.appended(), bucket.seen(), from, to), megabytes / measured, cpu / measured);
        }
    }

    private Program backup(String bootstrapServers, Path configuration) {
        return Program.product(
                        workplace.repository(),
                        List.of(
                                "backup",
                                "--bootstrap-server",
                                bootstrapServers,
                                "--storage",
                                "s3://" + S3Server.BUCKET + "/" + ROOT,
                                "--flink-conf",
                                configuration.toString(),
                                "--include",
                                TOPIC,
                                "--parallelism",
                                Integer.toString(parallelism),
                                "--checkpoint-interval",
                                checkpointSeconds + "s",
                                "--web-port",
                                "0"))
                .with("JAVA_OPTS", "-Xmx" + heap)
                .with("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY)
                .with("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
    }

    /** Whatever is not there then is found when the delays are computed. */
    private static void awaitAll(List<AppendTimes> appended, BucketWatch bucket) throws InterruptedException {
        long giveUp = System.nanoTime() + CATCH_UP.toNanos();
        for (int partition = 0; partition < appended.size(); partition++) {
            long end = appended.get(partition).endOffset();
            int wanted = partition;
            while (System.nanoTime() < giveUp
                    && bucket.seen().stream()
                            .noneMatch(segment -> segment.partition() == wanted && segment.endOffset() >= end)) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
    }

    private void report(Measurement measurement, Run run) throws IOException {
        Delays delays = measurement.delays();
        System.out.print(run.heading());
        System.out.printf(
                Locale.ROOT,
                "- %,d records at %.1f MB/s for %d s, checkpoint every %d s, %d partitions, parallelism %d%n"
                        + "- from append in Kafka to durable in S3: p50 %.1f s, p99 %.1f s, max %.1f s (at most %.0f s wanted for p99)%n"
                        + "- CPU of the backup: %.2f cores%n",
                delays.records(),
                measurement.megabytesPerSecond(),
                seconds,
                checkpointSeconds,
                partitions,
                parallelism,
                delays.seconds(50),
                delays.seconds(99),
                delays.seconds(100),
                atMost,
                measurement.cpuSecondsPerSecond());
        run.write(run.report()
                .put("records", delays.records())
                .put("megabytesPerSecond", measurement.megabytesPerSecond())
                .put("seconds", seconds)
                .put("checkpointSeconds", checkpointSeconds)
                .put("partitions", partitions)
                .put("parallelism", parallelism)
                .put("p50Seconds", delays.seconds(50))
                .put("p99Seconds", delays.seconds(99))
                .put("maxSeconds", delays.seconds(100))
                .put("cpuCores", measurement.cpuSecondsPerSecond()));
        run.announce();
    }
}
