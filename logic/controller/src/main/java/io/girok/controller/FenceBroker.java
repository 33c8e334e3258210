package io.girok.controller;

/// Says whether a broker may get partitions and lead; the answer is what it says. What it leads goes to others, and
/// what waits for it gets it as leader ([Election]).
///
/// @param brokerEpoch of the registration that is meant
/// @param isFenced false: the broker is ready
public record FenceBroker(int brokerId, long brokerEpoch, boolean isFenced) implements Command<Result<Boolean>> {}
