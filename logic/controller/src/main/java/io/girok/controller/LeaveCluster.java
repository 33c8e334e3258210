package io.girok.controller;

/// A broker is about to stop: others are to lead what it leads, where they can. The answer is how many partitions it
/// leads still.
///
/// @param brokerEpoch of the registration that is meant
public record LeaveCluster(int brokerId, long brokerEpoch) implements Command<Result<Integer>> {}
