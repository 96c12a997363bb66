// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli.options;

import dev.kafkabackup.error.UsageException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a user's own filter is. */
public final class FilterJarOption {

    @Option(
            names = "--filter-jar",
            paramLabel = "FILE",
            description = "Where the class of --filter-class is, if it is not on the class path.")
    private @Nullable Path jar;

    /**
     * Lets this thread, and those that it starts, find classes in the jar.
     *
     * @return what the tasks of a job need for the same; empty without the option
     * @throws UsageException if the jar cannot be read
     */
    public List<URI> install() {
        if (jar == null) {
            return List.of();
        }
        if (!Files.isReadable(jar)) {
            throw new UsageException("--filter-jar " + jar + " cannot be read");
        }
        URI uri = jar.toAbsolutePath().toUri();
        try {
            // open as long as the process runs
            Thread.currentThread()
                    .setContextClassLoader(
                            new URLClassLoader(new URL[] {uri.toURL()}, FilterJarOption.class.getClassLoader()));
        } catch (MalformedURLException e) {
            throw new UsageException("--filter-jar " + jar + " cannot be read: " + e.getMessage(), e);
        }
        return List.of(uri);
    }
}
