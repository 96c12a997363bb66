// SPDX-License-Identifier: Apache-2.0
package dev.kafkabackup.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A plain table on standard output: columns as wide as they need to be, numbers to the right. On a terminal that is too
 * narrow, lines are cut.
 */
final class Table {

    private static final String GAP = "  ";

    private Table() {}

    static void print(List<String> header, List<List<String>> rows) {
        int width = Terminal.width();
        for (String line : lines(header, rows)) {
            Terminal.result(line.length() <= width ? line : line.substring(0, width - 1) + "…");
        }
    }

    static List<String> lines(List<String> header, List<List<String>> rows) {
        int[] widths = new int[header.size()];
        boolean[] numbers = new boolean[header.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = header.get(column).length();
            numbers[column] = !rows.isEmpty();
            for (List<String> row : rows) {
                String cell = row.get(column);
                widths[column] = Math.max(widths[column], cell.length());
                numbers[column] &= cell.matches("[-+.,\\d]*");
            }
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(header, widths, numbers));
        rows.forEach(row -> lines.add(line(row, widths, numbers)));
        return lines;
    }

    private static String line(List<String> cells, int[] widths, boolean[] numbers) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - cells.get(column).length());
            line.append(numbers[column] ? padding + cells.get(column) : cells.get(column) + padding)
                    .append(GAP);
        }
        return line.toString().stripTrailing();
    }
}
