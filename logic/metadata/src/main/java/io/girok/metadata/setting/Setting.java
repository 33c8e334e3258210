package io.girok.metadata.setting;

import org.jspecify.annotations.Nullable;

/// A setting of a broker: one line of the table. Immutable.
///
/// @param defaultText null: without a value unless one is given
/// @param change what a running broker takes
/// @param meaning one sentence
public record Setting<T>(String name, ValueType<T> type, @Nullable String defaultText, Change change,
        String meaning) {
    /// Which changes at run time are taken.
    public enum Change {
        /// None: it is read at the start only.
        NONE,
        /// Those for one broker, and those for all.
        OF_ONE_OR_ALL,
        /// Those for all brokers only: records would be lost if they differed.
        OF_ALL
    }

    public Setting {
        if (defaultText != null) {
            type.parse(name, defaultText);
        }
    }

    static <T> Setting<T> of(String name, ValueType<T> type, String defaultText, String meaning) {
        return new Setting<>(name, type, defaultText, Change.NONE, meaning);
    }

    static <T> Setting<T> optional(String name, ValueType<T> type, String meaning) {
        return new Setting<>(name, type, null, Change.NONE, meaning);
    }

    /// The same setting, which a running broker takes over.
    Setting<T> dynamic() {
        return new Setting<>(name, type, defaultText, Change.OF_ONE_OR_ALL, meaning);
    }

    /// The same setting, which running brokers take over when it is changed for all of them.
    Setting<T> dynamicForAll() {
        return new Setting<>(name, type, defaultText, Change.OF_ALL, meaning);
    }

    /// Whether a running broker takes a change.
    public boolean isDynamic() {
        return change != Change.NONE;
    }

    public T parse(String text) {
        return type.parse(name, text);
    }
}
