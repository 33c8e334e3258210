package io.girok.metadata.setting;

import io.girok.base.Principal;
import io.girok.base.Secret;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/// What values a setting takes, and how they are read. Immutable.
///
/// @param kind the type in Kafka's words
/// @param allowed what is allowed, for people: `1 to 1000`
/// @param read the value of a text; throws [IllegalArgumentException] for a malformed one
/// @param isAllowed whether a well-formed value lies within the range
public record ValueType<T>(Kind kind, String allowed, Function<String, T> read, Predicate<T> isAllowed) {
    /// Types as DescribeConfigs names them.
    public enum Kind {
        BOOLEAN, STRING, INT, LONG, DOUBLE, LIST, PASSWORD
    }

    public static ValueType<Integer> ints(int min, int max) {
        return new ValueType<>(Kind.INT, range(Integer.toString(min), max == Integer.MAX_VALUE ? "" : "" + max),
                Integer::valueOf, value -> min <= value && value <= max);
    }

    public static ValueType<Long> longs(long min, long max) {
        return new ValueType<>(Kind.LONG, range(Long.toString(min), max == Long.MAX_VALUE ? "" : "" + max),
                Long::valueOf, value -> min <= value && value <= max);
    }

    public static ValueType<Double> doubles(double min, double max) {
        return new ValueType<>(Kind.DOUBLE, "a number from " + min + " to " + max, Double::valueOf,
                value -> min <= value && value <= max);
    }

    public static ValueType<Boolean> booleans() {
        return oneOf(Kind.BOOLEAN, List.of("true", "false"), Boolean::valueOf);
    }

    /// One of some words.
    public static ValueType<String> words(String... words) {
        return oneOf(Kind.STRING, List.of(words), text -> text);
    }

    public static ValueType<String> text(String allowed) {
        return new ValueType<>(Kind.STRING, allowed, text -> text, _ -> true);
    }

    /// What nobody is shown.
    public static ValueType<String> secret(String allowed) {
        return new ValueType<>(Kind.PASSWORD, allowed, text -> text, _ -> true);
    }

    /// What nobody is shown, in a type that does not show it.
    public static ValueType<Secret> password(String allowed) {
        return new ValueType<>(Kind.PASSWORD, allowed, Secret::new, _ -> true);
    }

    /// A comma-separated list of some of these words; of any when there are none given.
    public static ValueType<List<String>> list(String allowed, int minCount, String... words) {
        List<String> known = List.of(words);
        return new ValueType<>(Kind.LIST, allowed, ValueType::split,
                values -> minCount <= values.size() && (known.isEmpty() || known.containsAll(values)));
    }

    /// Replicas of a topic's partitions.
    public static ValueType<List<String>> replicas() {
        return new ValueType<>(Kind.LIST, "PARTITION:BROKER, separated by commas, or * for all", ValueType::split,
                values -> values.equals(List.of("*"))
                        || values.stream().allMatch(value -> value.matches("\\d{1,9}:\\d{1,9}")));
    }

    /// One of some texts, described as `allowed`.
    static ValueType<String> oneOf(String allowed, String... texts) {
        return new ValueType<>(Kind.STRING, allowed, text -> text, List.of(texts)::contains);
    }

    /// Principals with semicolons between them, since a name may have a comma.
    static ValueType<List<Principal>> principals() {
        return new ValueType<>(Kind.LIST, "TYPE:NAME, as in User:alice, separated by semicolons",
                text -> Arrays.stream(text.split(";"))
                        .map(String::strip)
                        .filter(part -> !part.isEmpty())
                        .map(ValueType::principal)
                        .toList(),
                _ -> true);
    }

    private static Principal principal(String text) {
        int colon = text.indexOf(':');
        if (colon <= 0) {
            throw new IllegalArgumentException(text);
        }
        return new Principal(text.substring(0, colon), text.substring(colon + 1));
    }

    private static <T> ValueType<T> oneOf(Kind kind, List<String> words, Function<String, T> read) {
        return new ValueType<>(kind, "one of " + String.join(", ", words), text -> {
            if (!words.contains(text)) {
                throw new IllegalArgumentException(text);
            }
            return read.apply(text);
        }, _ -> true);
    }

    private static String range(String min, String max) {
        return max.isEmpty() ? "a whole number of at least " + min : "a whole number from " + min + " to " + max;
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty()).forEach(parts::add);
        return List.copyOf(parts);
    }

    /// @throws InvalidSetting when `text` is not allowed as a value of the setting `name`
    public T parse(String name, String text) {
        T value;
        try {
            value = read.apply(text.strip());
        } catch (IllegalArgumentException e) {
            throw new InvalidSetting("setting '" + name + "' is '" + text + "'; allowed: " + allowed);
        }
        if (!isAllowed.test(value)) {
            throw new InvalidSetting("setting '" + name + "' is '" + text + "'; allowed: " + allowed);
        }
        return value;
    }
}
