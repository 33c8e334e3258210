package io.girok.files;

import io.girok.base.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Apache Kafka's checkpoint files: a line with the version 0, a line with the number of entries, a line for each
/// entry.
public final class Checkpoint {
    private static final String VERSION = "0";
    private static final int HEADER_LINES = 2;

    private Checkpoint() {}

    /// The entries, each split at its spaces; none when there is no such file.
    ///
    /// @throws IOException when the file is not one of `fields` fields a line
    public static List<String[]> read(Disk disk, Path path, int fields) throws IOException {
        List<String> lines = TextFile.readLines(disk, path).orElse(List.of(VERSION, "0"));
        if (lines.size() < HEADER_LINES || !lines.get(0).equals(VERSION)) {
            throw new CorruptLog("checkpoint '" + path + "' does not begin with version 0 and a count");
        }
        List<String> entries = lines.subList(HEADER_LINES, lines.size());
        if (!lines.get(1).equals(Integer.toString(entries.size()))) {
            throw new CorruptLog(
                    "checkpoint '" + path + "' has " + entries.size() + " entries and says " + lines.get(1));
        }
        List<String[]> result = new ArrayList<>(entries.size());
        for (String entry : entries) {
            String[] split = entry.split(" ", -1);
            if (split.length != fields) {
                throw new CorruptLog("checkpoint '" + path + "' has the line '" + entry + "'");
            }
            result.add(split);
        }
        return result;
    }

    public static void write(Disk disk, Path path, List<String> entries) throws IOException {
        TextFile.replace(disk, path, encode(entries));
    }

    public static ByteBuffer encode(List<String> entries) {
        List<String> lines = new ArrayList<>(entries.size() + HEADER_LINES);
        lines.add(VERSION);
        lines.add(Integer.toString(entries.size()));
        lines.addAll(entries);
        return TextFile.encode(lines);
    }

    /// @throws IOException when `text` is no number
    public static long number(String text, Path path) throws IOException {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CorruptLog("checkpoint '" + path + "' has '" + text + "' for a number");
        }
    }
}
