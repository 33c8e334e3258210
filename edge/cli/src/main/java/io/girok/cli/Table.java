package io.girok.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Rows under headings, columns as wide as their widest cell, numbers to the right. Not thread-safe.
///
/// Control characters in a cell become `?`: names that clients choose must not move the reader's cursor.
public final class Table {
    private static final String GAP = "  ";

    private final List<String> headings;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> headings) {
        this.headings = headings;
    }

    public static Table of(String... headings) {
        return new Table(List.of(headings));
    }

    public Table row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(visible(cell.toString()));
        }
        if (row.size() != headings.size()) {
            throw new IllegalArgumentException(row.size() + " cells for " + headings.size() + " columns");
        }
        rows.add(row);
        return this;
    }

    public List<String> lines() {
        List<Integer> widths = new ArrayList<>();
        List<Boolean> numeric = new ArrayList<>();
        for (int i = 0; i < headings.size(); i++) {
            int column = i;
            widths.add(
                    Math.max(
                            headings.get(i).length(),
                            rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0)));
            numeric.add(!rows.isEmpty() && rows.stream().allMatch(row -> isNumber(row.get(column))));
        }
        List<String> lines = new ArrayList<>();
        lines.add(line(headings, widths, numeric));
        rows.forEach(row -> lines.add(line(row, widths, numeric)));
        return lines;
    }

    void print(Output output) {
        lines().forEach(output::line);
    }

    private static String line(List<String> cells, List<Integer> widths, List<Boolean> numeric) {
        List<String> padded = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            String padding = " ".repeat(widths.get(i) - cells.get(i).length());
            padded.add(numeric.get(i) ? padding + cells.get(i) : cells.get(i) + padding);
        }
        return padded.stream().collect(Collectors.joining(GAP)).stripTrailing();
    }

    private static boolean isNumber(String cell) {
        return cell.equals("-") || cell.matches("-?[0-9][0-9,]*(\\.[0-9]+)?");
    }

    private static String visible(String cell) {
        StringBuilder text = new StringBuilder(cell.length());
        cell.chars().forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
        return text.toString();
    }
}
