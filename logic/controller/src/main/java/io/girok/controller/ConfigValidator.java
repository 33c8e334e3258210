package io.girok.controller;

import io.girok.metadata.ConfigTarget;
import io.girok.metadata.MetadataImage;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the controller has to know of settings; the table of them stands behind it, or a test. Thread-safe.
public interface ConfigValidator {
    /// What is wrong with setting `name` of `target` to `value`, for the client to read.
    ///
    /// @param value null: the target's own value is taken away
    Optional<String> problem(ConfigTarget target, String name, @Nullable String value);

    /// What is wrong with `values` together, each of which is right alone.
    default Optional<String> contradiction(ConfigTarget target, Map<String, String> values) {
        return Optional.empty();
    }

    /// Whether the setting's value is a list, separated by commas.
    boolean isList(ConfigTarget target, String name);

    /// What holds in `image` for a target that has no value of its own; empty when there is nothing.
    String inheritedValue(MetadataImage image, ConfigTarget target, String name);
}
