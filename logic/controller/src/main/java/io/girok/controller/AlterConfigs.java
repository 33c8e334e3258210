package io.girok.controller;

import io.girok.metadata.ConfigTarget;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Changes single settings, per target all of them or none. The answer has for each target, in the order of the
/// request, the values it has of its own then.
///
/// @param validateOnly answer as if, but change nothing
public record AlterConfigs(List<Alteration> alterations, boolean validateOnly)
        implements
            Command<Map<ConfigTarget, Result<Map<String, String>>>> {
    public AlterConfigs {
        alterations = List.copyOf(alterations);
    }

    public record Alteration(ConfigTarget target, List<Operation> operations) {
        public Alteration {
            operations = List.copyOf(operations);
        }
    }

    /// @param value without meaning for [Kind#DELETE]
    public record Operation(Kind kind, String name, @Nullable String value) {}

    public enum Kind {
        SET, DELETE,
        /// Adds to a list.
        APPEND,
        /// Takes away from a list.
        SUBTRACT
    }
}
