package io.girok.metadata.setting;

import java.util.List;

/// A setting of a topic. A topic without a value of its own takes the broker's: that of the first synonym that has
/// one. Immutable.
///
/// @param synonyms the broker's settings, the strongest first; the last one has a default, and is in no table where
///         brokers have no such setting
public record TopicSetting<T>(String name, ValueType<T> type, List<Synonym> synonyms) {
    /// A broker's setting that stands in for a topic's.
    ///
    /// @param factor units of the topic's setting in one of the broker's; 1: the text is taken as it is
    public record Synonym(Setting<?> setting, long factor) {
        /// The broker's value in the topic's unit; -1 stays -1.
        public String convert(String text) {
            if (factor == 1) {
                return text;
            }
            long value = Long.parseLong(text.strip());
            return Long.toString(value < 0 ? value : Math.multiplyExact(value, factor));
        }
    }

    static <T> TopicSetting<T> like(String name, Setting<T> broker) {
        return new TopicSetting<>(name, broker.type(), List.of(new Synonym(broker, 1)));
    }

    /// One that no broker's setting stands behind.
    static <T> TopicSetting<T> ofTopicsOnly(String name, ValueType<T> type, String defaultText, String meaning) {
        return like(name, Setting.of(name, type, defaultText, meaning));
    }

    /// What the broker's main synonym means.
    public String meaning() {
        return synonyms.getFirst().setting().meaning();
    }

    public T parse(String text) {
        return type.parse(name, text);
    }
}
