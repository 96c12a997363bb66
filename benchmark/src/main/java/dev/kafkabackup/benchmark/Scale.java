// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kafkabackup.benchmark.check.WrongResult;
import dev.kafkabackup.benchmark.contestant.TargetTopic;
import dev.kafkabackup.benchmark.process.Broker;
import dev.kafkabackup.benchmark.process.Measured;
import dev.kafkabackup.benchmark.process.Program;
import dev.kafkabackup.benchmark.process.Server;
import dev.kafkabackup.benchmark.report.Result;
import dev.kafkabackup.benchmark.scale.ClusterModel;
import dev.kafkabackup.benchmark.scale.GeneratedListing;
import dev.kafkabackup.topic.TopicIncarnation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long commands take on a backup of very many segments, and what a large cluster comes to by calculation. */
@Command(
        name = "benchmark/scale",
        description = {
            "Generates a listing of very many segments in a folder, and measures on it the start of a backup, topics, describe,",
            "and the plan of a restore, each as a user starts it, with the command's own heap of 1 GiB. What they print is",
            "checked. Then calculates what the backup of a large cluster comes to."
        },
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class Scale implements Callable<Integer> {

    private static final String TOPIC = "orders";
    private static final String SMALL_TOPIC = "small";

    @Option(names = "--segments", defaultValue = "1000000", description = "In the listing, all partitions together.")
    private int segments;

    @Option(names = "--partitions", defaultValue = "1000", description = "Over how many they are spread.")
    private int partitions;

    @Option(names = "--rounds", defaultValue = "3", description = "How often each command runs.")
    private int rounds;

    @Mixin
    private Workplace workplace = new Workplace();

    /** Exits with 0 if everything was measured and right. */
    public static void main(String[] arguments) {
        System.exit(ExitCode.of(new Scale(), arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (Run run = workplace.begin("scale");
                Server broker = Broker.start(run.data())) {
            report(measure(broker.address(), run.data(), run.folder()), run);
            return 0;
        }
    }

    private List<Result> measure(String bootstrapServers, Path data, Path logs)
            throws IOException, InterruptedException {
        int segmentsEach = segments / partitions;
        TargetTopic topic = fill(bootstrapServers, TOPIC, segmentsEach + 1L);
        fill(bootstrapServers, SMALL_TOPIC, 1);
        GeneratedListing listing = new GeneratedListing(
                data.resolve("backup"),
                new TopicIncarnation(TOPIC, Uuid.fromString(topic.id())),
                partitions,
                segmentsEach);
        listing.write(topic.clusterId());
        System.err.printf(Locale.ROOT, "%,d segments in %,d partitions%n", listing.segments(), partitions);

        List<Result> results = new ArrayList<>();
        String root = listing.root().toString();
        results.add(run(
                "backup of as many partitions, nothing listed",
                backup(bootstrapServers, data.resolve("small").toString(), SMALL_TOPIC),
                logs));
        results.add(run("backup: start on the listing", backup(bootstrapServers, root, TOPIC), logs));
        listing.requireContinued();
        long all = listing.segments() + partitions;
        results.add(run("topics", List.of("topics", "--storage", root, "--output", "json"), logs));
        require(logs, "topics", all, sum(answer(logs, "topics").path("topics"), "segments"));
        results.add(run("describe", List.of("describe", TOPIC, "--storage", root, "--output", "json"), logs));
        require(
                logs,
                "describe",
                all,
                sum(answer(logs, "describe").path("incarnations").path(0).path("partitions"), "segments"));
        results.add(run(
                "restore: plan",
                List.of(
                        "restore",
                        "--dry-run",
                        "--bootstrap-server",
                        bootstrapServers,
                        "--storage",
                        root,
                        "--topic",
                        TOPIC + "=restored",
                        "--output",
                        "json"),
                logs));
        require(
                logs,
                "restore: plan",
                all,
                answer(logs, "restore: plan").path("segments").asLong());
        return results;
    }

    private TargetTopic fill(String bootstrapServers, String name, long recordsEach) throws InterruptedException {
        TargetTopic topic = new TargetTopic(bootstrapServers, name);
        topic.create(partitions);
        topic.awaitLeaders(partitions);
        Map<String, Object> settings = Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (Producer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int partition = 0; partition < partitions; partition++) {
                for (long record = 0; record < recordsEach; record++) {
                    var unused = producer.send(
                            new ProducerRecord<>(name, partition, null, new byte[8]),
                            (metadata, exception) -> failure.compareAndSet(null, exception));
                }
            }
        }
        if (failure.get() != null) {
            throw new IllegalStateException("Topic " + name + " cannot be filled", failure.get());
        }
        return topic;
    }

    private static List<String> backup(String bootstrapServers, String root, String topic) {
        return List.of(
                "backup", "--once", "--bootstrap-server", bootstrapServers, "--storage", root, "--include", topic);
    }

    /** Each round's output replaces the one before. */
    private Result run(String name, List<String> arguments, Path logs) throws IOException, InterruptedException {
        Program command = Program.product(workplace.repository(), arguments);
        List<Measured> measured = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            measured.add(command.run(log(logs, name)));
        }
        Result result = new Result(name, String.join(" ", arguments), measured, -1);
        System.err.printf(
                Locale.ROOT, "%s: %.1f s wall, %.1f s CPU%n", name, result.wallSeconds(), result.cpuSeconds());
        return result;
    }

    private static Path log(Path logs, String name) {
        return logs.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".log");
    }

    /** The document among the lines for people. */
    private static JsonNode answer(Path logs, String name) throws IOException {
        String output = Files.readString(log(logs, name));
        int begin = output.indexOf('{');
        int end = output.lastIndexOf('}');
        if (begin < 0 || end < begin) {
            throw new WrongResult("%s printed no JSON, see %s".formatted(name, log(logs, name)));
        }
        return new ObjectMapper().readTree(output.substring(begin, end + 1));
    }

    private static long sum(JsonNode nodes, String field) {
        long sum = 0;
        for (JsonNode node : nodes) {
            sum += node.path(field).asLong();
        }
        return sum;
    }

    private static void require(Path logs, String name, long expected, long found) {
        if (found != expected) {
            throw new WrongResult("%s: there are %d segments, but it found %d, see %s"
                    .formatted(name, expected, found, log(logs, name)));
        }
    }

    private void report(List<Result> results, Run run) throws IOException {
        System.out.print(run.heading());
        System.out.printf(
                Locale.ROOT,
                "- %,d segments in %,d partitions, in a folder, median of %d rounds%n%n"
                        + "| | wall s (least - most) | CPU s |%n| --- | ---: | ---: |%n",
                segments,
                partitions,
                rounds);
        ObjectNode json = run.report().put("segments", segments).put("partitions", partitions);
        ArrayNode commands = json.putArray("commands");
        for (Result result : results) {
            System.out.printf(
                    Locale.ROOT,
                    "| %s | %.1f (%.1f - %.1f) | %.1f |%n",
                    result.name(),
                    result.wallSeconds(),
                    result.shortestWallSeconds(),
                    result.longestWallSeconds(),
                    result.cpuSeconds());
            commands.addObject()
                    .put("name", result.name())
                    .put("arguments", result.description())
                    .put("wallSeconds", result.wallSeconds())
                    .put("cpuSeconds", result.cpuSeconds());
        }
        System.out.printf(
                "%n10,000 partitions, 1 GB/s, 37 days, by calculation:%n%n%s",
                ClusterModel.LARGE.table(List.of(Duration.ofMinutes(1), Duration.ofMinutes(5))));
        run.write(json);
        run.announce();
    }
}
