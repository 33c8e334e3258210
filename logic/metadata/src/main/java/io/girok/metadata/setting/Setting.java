package io.girok.metadata.setting;

import org.jspecify.annotations.Nullable;

/// A setting of a broker: one line of the table. Immutable.
///
/// @param defaultText null: without a value unless one is given
/// @param isDynamic whether a running broker takes a change
/// @param meaning one sentence
public record Setting<T>(String name, ValueType<T> type, @Nullable String defaultText, boolean isDynamic,
        String meaning) {
    public Setting {
        if (defaultText != null) {
            type.parse(name, defaultText);
        }
    }

    static <T> Setting<T> of(String name, ValueType<T> type, String defaultText, String meaning) {
        return new Setting<>(name, type, defaultText, false, meaning);
    }

    static <T> Setting<T> optional(String name, ValueType<T> type, String meaning) {
        return new Setting<>(name, type, null, false, meaning);
    }

    /// The same setting, which a running broker takes over.
    Setting<T> dynamic() {
        return new Setting<>(name, type, defaultText, true, meaning);
    }

    public T parse(String text) {
        return type.parse(name, text);
    }
}
