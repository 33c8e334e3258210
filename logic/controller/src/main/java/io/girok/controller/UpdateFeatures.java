package io.girok.controller;

import java.util.List;
import java.util.Map;

/// Sets the levels of features, all of them or none; the answer says of each what is wrong with it, or its level.
///
/// @param validateOnly decide, but change nothing
public record UpdateFeatures(List<Update> updates, boolean validateOnly)
        implements
            Command<Map<String, Result<Integer>>> {
    public UpdateFeatures {
        updates = List.copyOf(updates);
    }

    /// One feature.
    ///
    /// @param level 0 to do without it
    /// @param isUpgrade whether a lower level than the present one is a mistake of whoever asks
    public record Update(String feature, int level, boolean isUpgrade) {}
}
