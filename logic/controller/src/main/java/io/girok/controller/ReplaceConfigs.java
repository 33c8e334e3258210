package io.girok.controller;

import io.girok.metadata.ConfigTarget;
import java.util.List;
import java.util.Map;

/// Gives targets new settings in place of all they have of their own: Kafka's older way. Answered like [AlterConfigs].
///
/// @param validateOnly answer as if, but change nothing
public record ReplaceConfigs(List<Replacement> replacements, boolean validateOnly)
        implements
            Command<Map<ConfigTarget, Result<Map<String, String>>>> {
    public ReplaceConfigs {
        replacements = List.copyOf(replacements);
    }

    public record Replacement(ConfigTarget target, Map<String, String> values) {
        public Replacement {
            values = Map.copyOf(values);
        }
    }
}
