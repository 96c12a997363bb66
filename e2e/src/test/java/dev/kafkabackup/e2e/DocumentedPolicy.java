// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kafkabackup.e2e.proxy.S3Right;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code docs/security.md} tells users to allow on a bucket, and nothing else; decides as S3 does. */
final class DocumentedPolicy implements Predicate<S3Right> {

    private static final Path PAGE = Path.of("..", "docs", "security.md");
    private static final Pattern JSON = Pattern.compile("(?s)```json\n(.*?)```");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final String ARN = "arn:aws:s3:::";

    /** In the order of the table's columns. */
    private static final List<String> ACTIONS = List.of("s3:GetObject", "s3:PutObject", "s3:DeleteObject");

    private final List<Statement> statements;

    private DocumentedPolicy(List<Statement> statements) {
        this.statements = statements;
    }

    /** @param prefixes of listings that it is about; empty if it is about everything */
    private record Statement(boolean allows, List<String> actions, List<String> resources, List<String> prefixes) {

        boolean isAbout(S3Right right) {
            return actions.contains(right.action())
                    && matchesOne(resources, right.resource())
                    && (prefixes.isEmpty() || matchesOne(prefixes, right.prefix()));
        }

        private static boolean matchesOne(List<String> patterns, String text) {
            return patterns.stream()
                    .anyMatch(pattern -> text.matches("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E"));
        }
    }

    /** The policy that stands there in JSON: a backup that cannot delete. */
    static DocumentedPolicy inJson(String bucket, String root) throws IOException {
        List<Statement> statements = new ArrayList<>();
        for (JsonNode statement :
                new ObjectMapper().readTree(json(bucket, root)).get("Statement")) {
            statements.add(new Statement(
                    statement.get("Effect").asText().equals("Allow"),
                    texts(statement.get("Action")),
                    texts(statement.get("Resource")),
                    texts(statement.at("/Condition/StringLike/s3:prefix"))));
        }
        return new DocumentedPolicy(statements);
    }

    private static String json(String bucket, String root) throws IOException {
        Matcher json = JSON.matcher(Files.readString(PAGE));
        if (!json.find()) {
            throw new IOException("There is no policy in " + PAGE);
        }
        return json.group(1).replace("BUCKET", bucket).replace("ROOT", root);
    }

    private static List<String> texts(JsonNode oneOrSeveral) {
        List<String> texts = new ArrayList<>();
        if (oneOrSeveral.isTextual()) {
            texts.add(oneOrSeveral.asText());
        }
        oneOrSeveral.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    /** A row of the table. */
    static DocumentedPolicy of(String who, String bucket, String root) throws IOException {
        String row = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| " + who))
                .findFirst()
                .orElseThrow(() -> new IOException("Nobody is called " + who + " in " + PAGE));
        String[] cells = row.split("\\|", -1);
        List<Statement> statements = new ArrayList<>();
        statements.add(
                new Statement(true, List.of("s3:ListBucket"), List.of(ARN + bucket), List.of(root, root + "/*")));
        for (int i = 0; i < ACTIONS.size(); i++) {
            List<String> resources = CODE.matcher(cells[i + 2])
                    .results()
                    .map((MatchResult code) ->
                            ARN + bucket + "/" + code.group(1).replace("ROOT", root))
                    .toList();
            statements.add(new Statement(true, List.of(ACTIONS.get(i)), resources, List.of()));
        }
        return new DocumentedPolicy(statements);
    }

    @Override
    public boolean test(S3Right right) {
        return about(right).anyMatch(Statement::allows) && about(right).allMatch(Statement::allows);
    }

    private Stream<Statement> about(S3Right right) {
        return statements.stream().filter(statement -> statement.isAbout(right));
    }
}
