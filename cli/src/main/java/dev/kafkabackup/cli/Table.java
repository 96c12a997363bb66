// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import dev.kafkabackup.cli.Terminal.Look;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A plain table on standard output: columns as wide as they need to be, numbers to the right. On a terminal that is too
 * narrow, columns without any value are left out, then each row, the header too, goes on in further lines, indented.
 * Nothing is shortened but a text that is wider than the terminal by itself.
 */
final class Table {

    private static final String GAP = "  ";
    private static final String INDENTATION = "    ";

    /** What the last cell of a row says if something is wrong with it. */
    private static final Set<String> WRONG = Set.of("wrong", "differs");

    private final List<List<String>> rows;
    private final boolean[] numbers;
    private final int[] widths;

    private Table(List<String> header, List<List<String>> rows) {
        this.rows = new ArrayList<>(List.of(header));
        this.rows.addAll(rows);
        this.numbers = new boolean[header.size()];
        this.widths = new int[header.size()];
        for (int column = 0; column < widths.length; column++) {
            numbers[column] = !rows.isEmpty();
            for (List<String> row : this.rows) {
                widths[column] = Math.max(widths[column], row.get(column).length());
                numbers[column] &= row == header || row.get(column).matches("[-+.,\\d]*");
            }
        }
    }

    static void print(List<String> header, List<List<String>> rows) {
        List<List<String>> lines = lines(header, rows, Terminal.width());
        for (int i = 0; i < lines.size(); i++) {
            Look look = i == 0 ? Look.HEADING : isWrong(rows.get(i - 1)) ? Look.WRONG : Look.PLAIN;
            lines.get(i).forEach(line -> Terminal.result(line, look));
        }
    }

    private static boolean isWrong(List<String> row) {
        return WRONG.contains(row.get(row.size() - 1));
    }

    /**
     * The lines of each row, those of the header first.
     *
     * @param width how many characters a line may have
     */
    static List<List<String>> lines(List<String> header, List<List<String>> rows, int width) {
        Table table = new Table(header, rows);
        if (table.folds(width).size() > 1 && !rows.isEmpty()) {
            int[] kept = IntStream.range(0, header.size())
                    .filter(column ->
                            rows.stream().anyMatch(row -> !row.get(column).isEmpty()))
                    .toArray();
            table = new Table(
                    pick(header, kept),
                    rows.stream().map(row -> pick(row, kept)).toList());
        }
        return table.lines(table.folds(width), width);
    }

    private static List<String> pick(List<String> cells, int[] columns) {
        return IntStream.of(columns).mapToObj(cells::get).toList();
    }

    /** Which columns stand in which line of a row. */
    private List<List<Integer>> folds(int width) {
        List<List<Integer>> folds = new ArrayList<>(List.of(new ArrayList<>()));
        int used = 0;
        for (int column = 0; column < widths.length; column++) {
            if (used > 0 && used + GAP.length() + widths[column] > width) {
                folds.add(new ArrayList<>());
                used = INDENTATION.length() + widths[column];
            } else {
                used += (used == 0 ? 0 : GAP.length()) + widths[column];
            }
            folds.get(folds.size() - 1).add(column);
        }
        return folds;
    }

    private List<List<String>> lines(List<List<Integer>> folds, int width) {
        return rows.stream()
                .map(row -> IntStream.range(0, folds.size())
                        .mapToObj(i -> (i == 0 ? "" : INDENTATION) + line(row, folds.get(i)))
                        .map(line -> cut(line, width))
                        .toList())
                .toList();
    }

    private String line(List<String> row, List<Integer> columns) {
        StringBuilder line = new StringBuilder();
        for (int column : columns) {
            String cell = row.get(column);
            String padding = " ".repeat(widths[column] - cell.length());
            line.append(numbers[column] ? padding + cell : cell + padding).append(GAP);
        }
        return line.toString().stripTrailing();
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, width - 1) + "…";
    }
}
