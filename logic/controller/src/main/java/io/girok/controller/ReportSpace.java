package io.girok.controller;

import io.girok.base.TopicId;
import java.util.List;

/// Says which log directories of a broker have less room than clients must leave free, all of them; the answer is how
/// many they are. What the broker led from there goes to others that have room ([Election]).
///
/// @param brokerEpoch of the registration that is meant
public record ReportSpace(int brokerId, long brokerEpoch,
        List<TopicId> scarceDirectories) implements Command<Result<Integer>> {
    public ReportSpace {
        scarceDirectories = List.copyOf(scarceDirectories);
    }
}
