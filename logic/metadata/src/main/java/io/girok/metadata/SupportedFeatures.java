package io.girok.metadata;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The levels of features that a node's Girok supports (KIP-584). Immutable.
///
/// @param ranges in the order in which the node named them
public record SupportedFeatures(List<Feature> ranges) {
    /// Of a node that named none: a Girok from before they were told.
    public static final SupportedFeatures UNKNOWN = new SupportedFeatures(List.of());
    /// Of this Girok.
    public static final SupportedFeatures OURS = new SupportedFeatures(Feature.ALL);

    public SupportedFeatures {
        ranges = List.copyOf(ranges);
    }

    public boolean isUnknown() {
        return ranges.isEmpty();
    }

    /// Whether the node can do with `feature` at `level`; with level 0, which is to do without it, every node can.
    public boolean supports(String feature, int level) {
        return level == 0 || ranges.stream()
                .anyMatch(range -> range.name().equals(feature) && range.minLevel() <= level
                        && level <= range.maxLevel());
    }

    /// The names of those features whose level is not supported, in alphabetical order.
    public List<String> unsupported(Map<String, Integer> levels) {
        return levels.entrySet()
                .stream()
                .filter(each -> !supports(each.getKey(), each.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// Whether a level of `feature` that is not supported is above those that are.
    public boolean isBelow(String feature, int level) {
        return ranges.stream().noneMatch(range -> range.name().equals(feature) && level < range.minLevel());
    }

    /// What is supported of `feature`, as a part of a sentence.
    public String levelsOf(String feature) {
        return ranges.stream()
                .filter(range -> range.name().equals(feature))
                .findFirst()
                .map(range -> range.minLevel() == range.maxLevel()
                        ? "level " + range.minLevel() + " only"
                        : "levels " + range.minLevel() + " to " + range.maxLevel())
                .orElse("no level");
    }

    /// For messages.
    @Override
    public String toString() {
        return ranges.stream()
                .map(range -> levelsOf(range.name()) + " of '" + range.name() + "'")
                .collect(Collectors.joining(", "));
    }
}
