package io.girok.controller;

import io.girok.base.TopicId;
import java.util.List;

/// Says that log directories of a broker have failed; the answer is how many of them were usable until now. What the
/// broker led from there goes to others ([Election]).
///
/// @param brokerEpoch of the registration that is meant
public record FailDirectories(int brokerId, long brokerEpoch,
        List<TopicId> directories) implements Command<Result<Integer>> {
    public FailDirectories {
        directories = List.copyOf(directories);
    }
}
