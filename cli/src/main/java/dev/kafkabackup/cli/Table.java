// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.Terminal.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A plain table on standard output: columns as wide as they need to be, numbers to the right. On a terminal that is too
 * narrow, columns without any value are left out, then texts are shortened; numbers never are.
 */
final class Table {

    private static final String GAP = "  ";
    private static final int SHORTEST_TEXT = 8;

    /** What the last cell of a row says if something is wrong with it. */
    private static final Set<String> WRONG = Set.of("wrong", "differs");

    private final List<List<String>> lines;
    private final boolean[] numbers;
    private final int[] widths;

    private Table(List<String> header, List<List<String>> rows) {
        this.lines = new ArrayList<>(List.of(header));
        this.lines.addAll(rows);
        this.numbers = new boolean[header.size()];
        this.widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            numbers[column] = !rows.isEmpty();
            for (List<String> line : lines) {
                widths[column] = Math.max(widths[column], line.get(column).length());
                numbers[column] &= line == header || line.get(column).matches("[-+.,\\d]*");
            }
        }
    }

    static void print(List<String> header, List<List<String>> rows) {
        List<String> lines = lines(header, rows, Terminal.width());
        for (int i = 0; i < lines.size(); i++) {
            Look look = i == 0 ? Look.HEADING : isWrong(rows.get(i - 1)) ? Look.WRONG : Look.PLAIN;
            Terminal.result(lines.get(i), look);
        }
    }

    private static boolean isWrong(List<String> row) {
        return WRONG.contains(row.get(row.size() - 1));
    }

    /** @param width how many characters a line may have */
    static List<String> lines(List<String> header, List<List<String>> rows, int width) {
        Table table = new Table(header, rows);
        if (table.width() > width && !rows.isEmpty()) {
            int[] kept = IntStream.range(0, header.size())
                    .filter(column ->
                            rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                    .toArray();
            table = new Table(
                    pick(header, kept),
                    rows.stream().map(row -> pick(row, kept)).toList());
            table.shorten(width);
        }
        return table.lines.stream()
                .map(table::line)
                .map(line -> cut(line, width))
                .toList();
    }

    private static List<String> pick(List<String> cells, int[] columns) {
        return IntStream.of(columns).mapToObj(cells::get).toList();
    }

    private int width() {
        return IntStream.of(widths).sum() + GAP.length() * (widths.length - 1);
    }

    /** The widest text loses a character, until it fits or nothing can be shortened any more. */
    private void shorten(int width) {
        while (width() > width) {
            int widest = -1;
            for (int column = 0; column < widths.length; column++) {
                int shortest = Math.max(SHORTEST_TEXT, lines.get(0).get(column).length());
                if (!numbers[column] && widths[column] > shortest && (widest < 0 || widths[column] > widths[widest])) {
                    widest = column;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = cut(cells.get(column), widths[column]);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(numbers[column] ? padding + cell : cell + padding).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "…";
    }
}
