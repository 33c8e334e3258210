package io.girok.cleaner;

import io.girok.base.PartitionName;
import java.util.List;

/// What the cleaner has done since the start and is doing now. Immutable.
///
/// @param cleanings that came to their end
/// @param failures that set a log aside
public record CleanerStatus(long cleanings, long failures, long bytesRead, long bytesKept, long recordsRead,
        long recordsKept, List<Running> running, List<SetAside> setAside) {
    public static final CleanerStatus NONE = new CleanerStatus(0, 0, 0, 0, 0, 0, List.of(), List.of());

    /// A log that is being cleaned.
    ///
    /// @param beganMs by the wall clock
    public record Running(PartitionName name, long beganMs) {}

    /// A log that could not be cleaned, and is left alone until its segments change or the broker is started again.
    public record SetAside(PartitionName name, String reason) {}
}
