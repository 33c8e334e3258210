package io.girok.metadata.setting;

import java.util.Comparator;
import java.util.stream.Stream;

/// Finds what somebody may have meant. Stateless.
final class NearestName {
    private NearestName() {}

    /// `; did you mean 'x'?`, or nothing when no name is near.
    static String hint(String given, Stream<String> names) {
        int limit = Math.max(2, given.length() / 4);
        return names.map(name -> new Distance(name, distance(given, name)))
                .filter(near -> near.edits() <= limit)
                .min(Comparator.comparingInt(Distance::edits))
                .map(near -> "; did you mean '" + near.name() + "'?")
                .orElse("");
    }

    private record Distance(String name, int edits) {}

    /// Levenshtein's: the insertions, deletions and replacements that make one text of the other.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
