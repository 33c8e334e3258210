package io.girok.log;

import java.util.ArrayList;
import java.util.List;

/// Holds the files of a world's partition against each other.
final class SegmentCheck {
    private SegmentCheck() {}

    static List<String> problems(LogWorld world) {
        return new ArrayList<>();
    }
}
