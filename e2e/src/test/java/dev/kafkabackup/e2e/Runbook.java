// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of docs/runbooks whose commands are run as they stand there, with a few words replaced. */
final class Runbook {

    private static final Pattern STEP = Pattern.compile("(?m)^## (\\d+)\\.");
    private static final Pattern COMMANDS = Pattern.compile("(?ms)^```$\\n(.*?)^```$");
    private static final Pattern EXAMPLE_ID = Pattern.compile("id=.*\\n");
    private static final Pattern RESTORE_ID = Pattern.compile("Restore id: (\\S+)");

    private final Path folder;
    private final String introduction;
    private final Map<Integer, String> steps = new LinkedHashMap<>();
    private final Map<String, String> words;
    private String restoreId = "none-yet";

    /**
     * @param page file name of the page
     * @param folder for temporary files
     * @param words what stands in the page, and what stands there for this test
     */
    Runbook(String page, Path folder, Map<String, String> words) throws IOException {
        this.folder = folder;
        this.words = words;
        String text = Files.readString(repository().resolve("docs/runbooks").resolve(page));
        List<MatchResult> headings = STEP.matcher(text).results().toList();
        introduction = text.substring(0, headings.get(0).start());
        for (int i = 0; i < headings.size(); i++) {
            int end = i + 1 < headings.size() ? headings.get(i + 1).start() : text.length();
            steps.put(
                    Integer.valueOf(headings.get(i).group(1)),
                    text.substring(headings.get(i).start(), end));
        }
    }

    private static Path repository() {
        return Path.of(System.getProperty("dist.dir")).resolve("../../..").normalize();
    }

    /** Commands of a step, one text for each block. */
    List<String> commands(int step) {
        return COMMANDS.matcher(steps.get(step))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /** Runs all commands of a step; each has to end with 0. */
    String run(int step) throws IOException, InterruptedException {
        StringBuilder printed = new StringBuilder();
        for (String block : commands(step)) {
            printed.append(run(block));
        }
        return printed.toString();
    }

    /** Runs a block of the page; every command in it has to end with 0. */
    String run(String block) throws IOException, InterruptedException {
        String setUp = COMMANDS.matcher(introduction)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
        if (EXAMPLE_ID.matcher(block).matches()) {
            return "";
        }
        String script = setUp + "id=" + restoreId + "\n" + block;
        for (Map.Entry<String, String> word : words.entrySet()) {
            script = script.replace(word.getKey(), word.getValue());
        }
        Path output = folder.resolve("runbook.out");
        List<String> command = new ArrayList<>(List.of("bash", "-euc", script));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("KAFKA_BACKUP_BUILD", "never");
        builder.environment().put("KAFKA_BACKUP_OPTS", "-XX:TieredStopAtLevel=1");
        Process process = builder.start();
        int code = process.waitFor();
        String printed = Files.readString(output, StandardCharsets.UTF_8);
        assertThat(code).as("%s%n%s", script, printed).isZero();
        Matcher id = RESTORE_ID.matcher(printed);
        if (id.find()) {
            restoreId = id.group(1);
        }
        return printed;
    }
}
