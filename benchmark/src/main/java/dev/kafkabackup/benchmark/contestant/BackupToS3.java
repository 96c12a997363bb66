// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.benchmark.contestant;

import dev.kafkabackup.benchmark.check.BackupCheck;
import dev.kafkabackup.benchmark.process.Program;
import dev.kafkabackup.benchmark.process.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The product's backup into a bucket of a server on the same machine, which takes its share of the cores. */
public final class BackupToS3 implements Contestant {

    private final Arena arena;
    private final S3Server server;

    /** @param server runs, and has the bucket */
    public BackupToS3(Arena arena, S3Server server) {
        this.arena = arena;
        this.server = server;
    }

    @Override
    public String name() {
        return "backup to S3";
    }

    @Override
    public String description() {
        return "the same into an S3 server on the same cores";
    }

    @Override
    public Program prepare(Path folder) throws IOException {
        Path configuration = Files.createDirectories(folder.resolve("conf"));
        Files.writeString(configuration.resolve("config.yaml"), server.configuration());
        List<String> arguments =
                new ArrayList<>(Backup.arguments(arena, "s3://" + S3Server.BUCKET + "/" + folder.getFileName()));
        arguments.addAll(List.of("--flink-conf", configuration.toString()));
        return Command.of(arena, arguments)
                .with("AWS_ACCESS_KEY_ID", S3Server.ACCESS_KEY)
                .with("AWS_SECRET_ACCESS_KEY", S3Server.SECRET_KEY);
    }

    @Override
    public void check(Path folder, Path output) throws IOException {
        BackupCheck.check(root(folder), arena.source());
    }

    @Override
    public long storedBytes(Path folder) throws IOException {
        return Backup.segmentBytes(root(folder), arena);
    }

    private Path root(Path folder) {
        return server.bucket().resolve(folder.getFileName());
    }
}
